"""The simulator in this process: ``with StatusPageSimulator("Notion") as page: page.summary_url``.

Source of the shapes: Statuspage's API v2, https://confluence.status.atlassian.com/api.
"""

from datetime import UTC, datetime

from infra.local.simulators.small_machine import Json, Machine, Reply, Request, as_json

IMPACTS = {"none": "All Systems Operational", "minor": "Minor Service Outage"}


class StatusPageSimulator(Machine):
    """A vendor's status page.

    Args:
        name: the vendor's.
        port: 0 for any.
    """

    operations = (
        *Machine.operations,
        "set_status",
        "open_incident",
        "update_incident",
        "resolve",
        "set_component",
    )

    def __init__(self, name: str = "Notion", port: int = 0) -> None:
        super().__init__(port)
        self._name = name
        self._status: Json = {"indicator": "none", "description": IMPACTS["none"]}
        self._incidents: dict[str, Json] = {}
        self._components: dict[str, str] = {"API": "operational"}

    @property
    def summary_url(self) -> str:
        """The summary document's address."""
        return f"{self.url}/api/v2/summary.json"

    def set_status(self, indicator: str, description: str | None = None) -> None:
        """The page's word for how the vendor is, also one that nobody knows."""
        said = description or IMPACTS.get(indicator, f"Service trouble ({indicator})")
        self._status = {"indicator": indicator, "description": said}

    def open_incident(self, name: str, impact: str = "major", body: str = "We are investigating.") -> str:
        """Open an incident; its id."""
        incident_id = f"incident-{len(self._incidents) + 1}"
        self._incidents[incident_id] = {
            "id": incident_id,
            "name": name,
            "status": "investigating",
            "impact": impact,
            "created_at": _now(),
            "incident_updates": [],
        }
        self.update_incident(incident_id, "investigating", body)
        return incident_id

    def update_incident(self, incident: str, status: str, body: str) -> None:
        """Add an update, the newest first, as Statuspage lists them."""
        found = self._incidents[incident]
        found["status"] = status
        found["updated_at"] = _now()
        found["incident_updates"].insert(
            0, {"status": status, "body": body, "created_at": _now(), "display_at": _now()}
        )

    def resolve(self, incident: str) -> None:
        """Resolve an incident: a summary lists it no longer."""
        self.update_incident(incident, "resolved", "This incident has been resolved.")

    def set_component(self, name: str, status: str) -> None:
        """A component's status, e.g. ``major_outage``."""
        self._components[name] = status

    def handle(self, request: Request) -> Reply:
        """See ``Machine``."""
        page = {"id": self._name.lower(), "name": self._name, "url": self.url, "updated_at": _now()}
        status: Json = {"page": page, "status": self._status}
        if request.path == "/api/v2/status.json":
            return as_json(status)
        if request.path != "/api/v2/summary.json":
            return Reply(404, b"<html>not found</html>", {"Content-Type": "text/html"})
        incidents = [i for i in self._incidents.values() if i["status"] != "resolved"]
        components = [{"name": name, "status": state} for name, state in self._components.items()]
        return as_json(
            {**status, "components": components, "incidents": incidents, "scheduled_maintenances": []}
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
