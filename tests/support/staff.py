"""The type of the fixture `sign_in`: a person of a council with a browser that is signed in."""

from collections.abc import Callable

from support.people import Hired

SignIn = Callable[..., Hired]
