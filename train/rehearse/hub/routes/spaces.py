"""Spaces as they run: their runtime, what is set for them, what they say, and static pages."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal

from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response

from train.rehearse.hub.call import Call, in_thread
from train.rehearse.hub.errors import HubError, bad_request, entry_not_found
from train.rehearse.hub.eventlog import follow
from train.rehearse.hub.fields import Fields
from train.rehearse.hub.hardware import DEFAULT
from train.rehearse.hub.home import Home, wire_date
from train.rehearse.hub.names import Kind
from train.rehearse.hub.routing import Route
from train.rehearse.hub.space import Setting, Wishes, app_of, check_flavor, check_name

Group = Literal["secrets", "variables"]


async def runtime(call: Call) -> Response:
    """How the Space does."""
    return await _runtime(call, _find(call))


async def restart(call: Call) -> Response:
    """The Space begins anew; here everything is laid out anew each time, as a factory reboot does."""
    home = _writable(call)
    await in_thread(call.hub.services.spaces.restart, home)
    return await _runtime(call, home)


async def pause(call: Call) -> Response:
    """The Space rests until it is restarted."""
    home = _writable(call)
    await in_thread(call.hub.services.spaces.pause, home)
    return await _runtime(call, home)


async def set_hardware(call: Call) -> Response:
    """Another machine is asked for."""
    home, fields = _writable(call), await call.fields()
    flavor, sleep_s = check_flavor(fields, "flavor"), fields.number("sleepTimeSeconds")
    return await _change(call, home, lambda old: replace(old, flavor=flavor, sleep_s=sleep_s or old.sleep_s))


async def set_sleep_time(call: Call) -> Response:
    """Another time without visitors is allowed."""
    home, seconds = _writable(call), (await call.fields()).number("seconds")
    return await _change(call, home, lambda old: replace(old, sleep_s=max(0, seconds)))


async def set_volumes(call: Call) -> Response:
    """Other folders are mounted."""
    home, fields = _writable(call), await call.fields()
    checked = call.hub.services.spaces.mounts.checked
    volumes = await in_thread(checked, fields.rows("volumes"), call.signed_in())
    return await _change(call, home, lambda old: replace(old, volumes=volumes))


async def delete_volumes(call: Call) -> Response:
    """No folder is mounted any more."""
    return await _change(call, _writable(call), lambda old: replace(old, volumes=()))


async def list_secrets(call: Call) -> Response:
    """The names of the secrets; their values cannot be read back."""
    return JSONResponse(_secrets(await _wishes(call)))


async def add_secret(call: Call) -> Response:
    """A secret for the Space's process."""
    return JSONResponse(_secrets(await _set(call, "secrets")))


async def delete_secret(call: Call) -> Response:
    """One secret less."""
    return JSONResponse(_secrets(await _unset(call, "secrets")))


async def list_variables(call: Call) -> Response:
    """The variables and their values."""
    return JSONResponse(_variables(await _wishes(call)))


async def add_variable(call: Call) -> Response:
    """A variable for the Space's process."""
    return JSONResponse(_variables(await _set(call, "variables")))


async def delete_variable(call: Call) -> Response:
    """One variable less."""
    return JSONResponse(_variables(await _unset(call, "variables")))


async def take_settings(call: Call, home: Home, fields: Fields) -> None:
    """A new Space begins with what was sent along; another repository has nothing of the kind."""
    if home.kind is not Kind.SPACE:
        return
    flavor = check_flavor(fields, "hardware") if fields.text("hardware") else DEFAULT
    volumes = call.hub.services.spaces.mounts.checked(fields.rows("volumes"), call.signed_in())
    secrets, variables = _settings(call, fields, "secrets"), _settings(call, fields, "variables")
    wishes = Wishes(secrets, variables, volumes, flavor, fields.number("sleepTimeSeconds"))
    await in_thread(call.hub.services.spaces.change, home, lambda _: wishes)


async def logs(call: Call) -> Response:
    """What the build or the program says, as it says it."""
    log, is_over = call.hub.services.spaces.log(_writable(call), call.params["which"])
    return follow(log, is_over)


async def not_here(call: Call) -> Response:
    """Named like a Space without a namespace, but something else on the real Hub."""
    raise HubError(501, f"The embedded Hub does not know {call.request.method} {call.request.url.path} yet.")


async def page(call: Call) -> Response:
    """A file of a static Space."""
    home = call.find(Kind.SPACE, call.params["repo"])
    path = call.params.get("path")
    if path is None:
        return RedirectResponse(f"{call.request.url.path}/")
    snapshot = await in_thread(home.at)
    entry = await in_thread(snapshot.file, path or app_of(snapshot).file)
    if app_of(snapshot).sdk != "static":
        raise entry_not_found(f"{home.id} is not a static Space.")
    media_type = mimetypes.guess_type(entry.path)[0] or "application/octet-stream"
    if entry.pointer:
        return FileResponse(snapshot.objects.path(entry.pointer.sha256), media_type=media_type)
    return Response(await in_thread(snapshot.blob, entry), media_type=media_type)


async def index(call: Call) -> Response:
    """The first page of a static Space."""
    return await page(replace(call, params={**call.params, "path": ""}))


def _find(call: Call) -> Home:
    return call.find(Kind.SPACE, call.params["repo"])


def _writable(call: Call) -> Home:
    return call.check_writable(_find(call))


async def _runtime(call: Call, home: Home) -> Response:
    return JSONResponse(await in_thread(call.hub.services.spaces.runtime, home))


async def _change(call: Call, home: Home, change: Callable[[Wishes], Wishes]) -> Response:
    await in_thread(call.hub.services.spaces.change, home, change)
    return await _runtime(call, home)


async def _wishes(call: Call) -> Wishes:
    return await in_thread(call.hub.services.spaces.wishes, _writable(call))


async def _set(call: Call, group: Group) -> Wishes:
    home, fields = _writable(call), await call.fields()
    name, setting = check_name(fields), _setting(call, fields)
    return await _with(call, home, group, lambda old: {**old, name: setting})


async def _unset(call: Call, group: Group) -> Wishes:
    home, name = _writable(call), check_name(await call.fields())
    return await _with(call, home, group, lambda old: _without(old, name))


async def _with(
    call: Call, home: Home, group: Group, change: Callable[[Mapping[str, Setting]], Mapping[str, Setting]]
) -> Wishes:
    def changed(old: Wishes) -> Wishes:
        if group == "secrets":
            return replace(old, secrets=change(old.secrets))
        return replace(old, variables=change(old.variables))

    return await in_thread(call.hub.services.spaces.change, home, changed)


def _settings(call: Call, fields: Fields, group: Group) -> Mapping[str, Setting]:
    return {check_name(row): _setting(call, row) for row in fields.rows(group)}


def _setting(call: Call, row: Fields) -> Setting:
    if "\0" in row.text("value"):
        raise bad_request('"value" must not contain NUL')
    return Setting(row.text("value"), row.text("description"), call.hub.clock())


def _without(settings: Mapping[str, Setting], name: str) -> Mapping[str, Setting]:
    if name not in settings:
        raise entry_not_found(f"There is nothing called {name}.")
    return {key: setting for key, setting in settings.items() if key != name}


def _secrets(wishes: Wishes) -> Mapping[str, object]:
    return {name: _row(name, setting) for name, setting in sorted(wishes.secrets.items())}


def _variables(wishes: Wishes) -> Mapping[str, object]:
    settings = sorted(wishes.variables.items())
    return {name: {**_row(name, setting), "value": setting.value} for name, setting in settings}


def _row(name: str, setting: Setting) -> Mapping[str, object]:
    return {
        "key": name,
        "description": setting.description or None,
        "updatedAt": wire_date(setting.updated_at),
    }


ROUTES = (
    Route("GET", "/api/spaces/semantic-search", not_here),
    Route("GET", "/api/spaces/templates", not_here),
    Route("GET", "/api/spaces/{repo}/runtime", runtime),
    Route("POST", "/api/spaces/{repo}/restart", restart),
    Route("POST", "/api/spaces/{repo}/pause", pause),
    Route("POST", "/api/spaces/{repo}/hardware", set_hardware),
    Route("POST", "/api/spaces/{repo}/sleeptime", set_sleep_time),
    Route("PUT", "/api/spaces/{repo}/volumes", set_volumes),
    Route("DELETE", "/api/spaces/{repo}/volumes", delete_volumes),
    Route("GET", "/api/spaces/{repo}/secrets", list_secrets),
    Route("POST", "/api/spaces/{repo}/secrets", add_secret),
    Route("DELETE", "/api/spaces/{repo}/secrets", delete_secret),
    Route("GET", "/api/spaces/{repo}/variables", list_variables),
    Route("POST", "/api/spaces/{repo}/variables", add_variable),
    Route("DELETE", "/api/spaces/{repo}/variables", delete_variable),
    Route("GET", "/api/spaces/{repo}/logs/{which}", logs),
    Route("GET", "/_spaces/{repo}", page),
    Route("GET", "/_spaces/{repo}/", index),
    Route("GET", "/_spaces/{repo}/{path}", page),
)
