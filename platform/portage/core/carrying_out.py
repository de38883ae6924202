"""A page with several small forms: one is read and done, or the page comes back with what was wrong beside a field."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from portage.core.errors import FieldRefused
from portage.core.forms import Form, FormSchema, read


def carry_out(
    schema: FormSchema, do: Callable[[Any], str], *, page: Callable[[Form], str], back: str
) -> ResponseReturnValue:
    """Do what the form says and go `back`, where the sentence that `do` answers stands; else show `page` with 422."""
    command, form = read(schema, request.form)
    if command is None:
        return page(form), 422
    try:
        sentence = do(command)
    except FieldRefused as refused:
        return page(form.refuse(refused.field, str(refused))), 422
    flash(sentence, "success")
    return redirect(back, 303)
