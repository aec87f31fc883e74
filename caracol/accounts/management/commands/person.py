from __future__ import annotations

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from caracol.accounts import people, roles
from caracol.accounts.models import SiteRole, User
from caracol.accounts.passwords import could_be_password


class Command(BaseCommand):
    help = (
        "Make a person, or give one who is there further roles: for the first secretary and mediators at installation. "
        "Passwords are asked for, or read from standard input, one a line."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("login", help="the login name")
        parser.add_argument("--name", help="the name others see; makes a new person")
        parser.add_argument("--email", default="", help="where letters go")
        parser.add_argument("--serving-name", default="", help="the name a mediator serves by, if another")
        parser.add_argument("--role", action="append", default=[], choices=SiteRole.values, help="may be repeated")
        parser.add_argument(
            "--staff", action="store_true", help="let this person look at the admin (members, the Code)"
        )
        parser.add_argument("--by", metavar="LOGIN", help="the secretary who gives the roles, once there is one")
        parser.add_argument("--second", metavar="LOGIN", help="the second person for mediator and intake")

    def handle(self, *args: Any, **options: Any) -> None:
        giver, second = (self._giver(options[key]) for key in ("by", "second"))
        try:
            with transaction.atomic():
                user = self._person(options)
                for role in options["role"]:
                    roles.give(SiteRole(role), to=user, by=giver, second=second if role in roles.READERS else None)
        except (people.LoginRefused, roles.RoleRefused) as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{options['login']} holds: {', '.join(sorted(roles.roles_of(user))) or 'no role'}")

    def _giver(self, login: str | None) -> User | None:
        if login is None:
            return None
        user = authenticate(login=login, password=_ask(f"Password of {login}: "))
        if not isinstance(user, User):
            raise CommandError(f"That is not the password of {login}.")
        return user

    def _person(self, options: dict[str, Any]) -> User:
        user = self._joined(options) if options["name"] else people.by_login(options["login"])
        if user is None:
            raise CommandError("Nobody has this login name: give --name to make a new person.")
        if options["staff"]:
            user.is_staff = True
            user.save(update_fields=["is_staff"])
        return user

    def _joined(self, options: dict[str, Any]) -> User:
        return people.join(
            login=options["login"],
            name=options["name"],
            email=options["email"],
            password=_new_password(),
            serving_name=options["serving_name"],
        )


def _new_password() -> str:
    password = _ask("Password: ")
    if _ask("Password again: ") != password:
        raise CommandError("The two passwords differ.")
    if not could_be_password(password):
        raise CommandError("This text can be no password.")
    try:
        validate_password(password)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from None
    return password


def _ask(prompt: str) -> str:
    return getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
