"""Where the parts are joined."""

from typing import Any

from flask import Flask
from flask_bootstrap import Bootstrap5

from portal import (
    addresses,
    client,
    collaborations,
    data_words,
    menu,
    notices,
    observing,
    phones,
    preferences,
    problems,
    roles,
    security,
    session,
    tabs,
    times,
    translations,
)
from portal.forms import admin as admin_forms
from portal.forms.portal_form import aria
from portal.settings import Settings
from portal.views import BLUEPRINTS
from portal.views.account.tabs import TABS as ACCOUNT_TABS
from portal.views.admin.area import TABS as ADMIN_TABS
from portal.views.users.tabs import TABS as USERS_TABS

FORM_BYTES = 1_000_000
TEMPLATE_WORDS = (
    times.as_moment,
    times.clock,
    times.day_long,
    times.day_numeric,
    times.duration,
    times.time_left,
    times.weekday_long,
    times.when,
)


def create_app(settings: Settings) -> Flask:
    """The portal."""
    app = Flask(__name__)
    app.config.update(
        BOOTSTRAP_SERVE_LOCAL=True,
        MAX_CONTENT_LENGTH=FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        PORTAL=settings,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    observing.init_app(app)
    Bootstrap5(app)
    translations.init_app(app)
    client.init_app(app, settings)
    security.init_app(app, settings)
    preferences.init_app(app)
    problems.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.jinja_env.filters.update({word.__name__: word for word in TEMPLATE_WORDS})
    app.jinja_env.filters["phone"] = phones.shown
    app.jinja_env.globals.update(
        aria=aria,
        here_again=addresses.page_in_hand,
        sign_in_again=addresses.sign_in_again,
        tabs_of=tabs.of,
        account_tabs=ACCOUNT_TABS,
        users_tabs=USERS_TABS,
        admin_tabs=ADMIN_TABS,
        **roles.WORDS,
        **collaborations.WORDS,
    )
    app.jinja_env.globals.update(service_names=admin_forms.SERVICES)
    app.jinja_env.globals.update(
        conference_states=data_words.CONFERENCE_STATES, account_states=data_words.ACCOUNT_STATES
    )

    @app.context_processor
    def for_every_page() -> dict[str, Any]:
        who = session.current_if_known()
        return {
            "session": who,
            "menu": menu.items(who),
            "language": times.language(),
            "operator": settings,
            "notice": notices.asked_for(),
        }

    return app
