"""Codenames: how a case is spoken of. Random, never reused, and telling nothing."""

from __future__ import annotations

import secrets

from django.db import IntegrityError, transaction

from grievances.models import Codename

FIRST = (
    "amber ashen autumn azure brave bright brisk broad calm candid clear clever copper coral crisp curious dapper "
    "dawn deep dewy early eastern easy fair fallow fleet fond free fresh gentle glad golden grand hazel hidden high "
    "honest humble indigo ivory jade jolly keen kind late light little lively lofty loyal lucid lunar mellow merry "
    "mild misty modest mossy noble northern novel ochre olive open orange patient pearl plain proud quick quiet rapid "
    "ready rosy round ruby russet sandy scarlet serene sharp shy silent silver simple sleek slow small soft solar "
    "southern spry stable steady still stony sturdy sunny swift tall tawny tender tidy timely tranquil true umber "
    "velvet vivid warm western wide wild willing windy winter wise woolen young"
).split()
SECOND = (
    "acorn alder apple aspen barley basil beech berry birch bramble brook cedar cherry cloud cove cypress daisy "
    "delta dune elder elm ember field fig fir fjord flax forest garden ginger glade grove harbor hazel heath "
    "hill island ivy juniper kelp lagoon lake larch laurel leaf lemon lilac lily linden lotus maple marsh meadow mesa "
    "mint moss mountain myrtle nettle oak oasis olive orchard palm peach pear pebble pine plum pond poplar "
    "quince rain reed ridge river rock rose rowan rush sage sand sequoia shore sky snow sorrel spring spruce stone "
    "stream summit tansy thicket thistle thyme tide tulip valley vine violet walnut water wave wheat willow yarrow yew"
).split()
THIRD = (
    "badger beaver bee bison bluejay bunting cardinal cicada condor coyote crane cricket crow curlew deer dolphin dove "
    "duck eagle egret elk falcon ferret finch fox frog gecko goose grouse gull hare hawk heron hornet ibis jackdaw jay "
    "kestrel kite kiwi lark linnet lizard llama loon lynx magpie marten martin mole moth newt ocelot osprey "
    "otter owl oyster panda parrot pelican penguin petrel pheasant pigeon pika plover puffin quail rabbit raven robin "
    "rook salmon seal shrike skylark snail snipe sparrow squid starling stoat stork swallow swan swift tanager tern "
    "thrush toad toucan trout turtle viper vole wagtail warbler weasel whale wombat woodcock wren yak zebra"
).split()


def draw() -> str:
    """Return a codename that no case has ever had, and keep it taken for good."""
    while True:
        try:
            with transaction.atomic():
                return Codename.objects.create(name=_name()).name
        except IntegrityError:
            continue


def draw_many(count: int) -> list[str]:
    """Return this many codenames that no case has ever had, and keep them taken for good."""
    drawn: set[str] = set()
    while len(drawn) < count:
        drawn.update(_name() for _missing in range(count - len(drawn)))
        drawn.difference_update(Codename.objects.filter(name__in=drawn).values_list("name", flat=True))
    Codename.objects.bulk_create(Codename(name=name) for name in drawn)
    return list(drawn)


def _name() -> str:
    return "-".join(secrets.choice(words) for words in (FIRST, SECOND, THIRD))
