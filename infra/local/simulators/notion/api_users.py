"""`/v1/users`: list, retrieve, and the token's own bot, which needs no capability."""

from .call import Call
from .errors import not_found
from .model import Json
from .paging import paginate


def me(call: Call) -> Json:
    """GET /v1/users/me."""
    return call.view.bot(call.workspace.users[call.bot])


def retrieve(call: Call) -> Json:
    """GET /v1/users/{user_id}: guests too."""
    call.need_users()
    user_id = call.path_id("user_id")
    user = call.workspace.users.get(user_id)
    if user is None or not user.active:
        raise not_found("user", user_id)
    return call.view.full_user(user)


def list_all(call: Call) -> Json:
    """GET /v1/users: everybody but guests."""
    call.need_users()
    users = [user for user in call.workspace.users.values() if user.active and not user.guest]
    return paginate(users, call.asked(), lambda u: u.id, call.view.full_user, "user", cap=call.page_cap)
