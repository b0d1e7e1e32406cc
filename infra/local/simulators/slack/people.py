"""``users.*``: people by e-mail address and by id.

Source: Slack's reference on both methods. Somebody deactivated is not found by address, and still known by id.
"""

from .model import Json, SlackError, Workspace


def lookup_by_email(workspace: Workspace, arguments: Json) -> Json:
    """users.lookupByEmail: upper and lower case are the same."""
    wanted = str(arguments.get("email") or "").lower()
    for user in workspace.users.values():
        if wanted and (user["profile"].get("email") or "").lower() == wanted and not user["deleted"]:
            return {"user": _shown(workspace, user)}
    raise SlackError("users_not_found")


def info(workspace: Workspace, arguments: Json) -> Json:
    """users.info."""
    user = workspace.users.get(str(arguments.get("user")))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": _shown(workspace, user)}


def _shown(workspace: Workspace, user: Json) -> Json:
    """A user as the token may see it: the address needs a scope of its own."""
    if workspace.scopes is None or "users:read.email" in workspace.scopes:
        return user
    return user | {"profile": {k: v for k, v in user["profile"].items() if k != "email"}}
