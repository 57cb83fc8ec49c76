"""The nightly flow: read it as the recipe of a release."""

from pathlib import Path

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows import steps
from flows.announce import announce
from flows.artifacts import show_night
from flows.night import tell, tell_nothing_changed
from flows.plan import Plan, make_plan
from flows.progress import expect, step
from flows.status import Status
from geo.errors import PlacelineError
from geo.readers.ledger import SourceFile
from geo.readers.load import in_reading_order
from geo.sources import Source
from queries.build import build_model
from queries.checks import CheckResult
from queries.models import Model, build_order

# Besides sources, models and checks: stage, publish.
_OTHER_STEPS = 3


def _may_pass(_task: object, _run: object, state: object) -> bool:
    """Retry what a second try may mend (a file being written, a share that is away), never wrong data."""
    try:
        state.result()  # type: ignore[attr-defined]
    except PlacelineError:
        return False
    except Exception:  # noqa: BLE001 - whatever else it was may pass
        return True
    return False


@task(
    task_run_name="load {source.id}",
    retries=2,
    retry_delay_seconds=[5, 30],
    retry_jitter_factor=0.5,
    retry_condition_fn=_may_pass,
    cache_policy=NO_CACHE,
)
def load(build: steps.Build, source: Source) -> list[SourceFile]:
    """Read one source."""
    with step(f"reading {source.id}"):
        return steps.load(build, source)


@task(task_run_name="build {model.name}", cache_policy=NO_CACHE)
def model(build: steps.Build, model: Model) -> int:
    """Build one model."""
    with step(f"building {model.name}"):
        return build_model(build.con, model, build.plan.store.keep)


@task(cache_policy=NO_CACHE)
def check(build: steps.Build) -> list[CheckResult]:
    """Run the checks that decide whether the release may go out."""
    with step("checking"):
        return steps.check(build)


@task(cache_policy=NO_CACHE)
def stage(build: steps.Build, models: dict[str, Model]) -> None:
    """Write warehouse, exports and site beside the current release."""
    with step("writing warehouse, exports and site"):
        steps.stage_release(build, models)


@task(cache_policy=NO_CACHE)
def publish(build: steps.Build) -> Path:
    """Make it the current release."""
    with step("publishing"):
        return steps.publish(build)


@flow(name="placeline-nightly", flow_run_name="{home}", validate_parameters=False)
def nightly(configs: list[str], data: str | None, home: str, force: bool = False) -> Status:  # noqa: FBT001, FBT002
    """Publish a whole, checked release of a region, or leave the last one up and say why.

    Args:
        configs: region files; several are combined into one release.
        data: data root; none for the folder of the first region file.
        home: output root.
        force: build even where nothing has changed.
    """
    plan = make_plan([Path(c) for c in configs], Path(data) if data else None, Path(home))
    plan.store.prepare()
    with plan.store.one_at_a_time():
        try:
            status = _night(plan, force=force)
        except steps.Refused as error:
            _lament(tell(plan, "refused", str(error)), plan)
            raise
        except Exception as error:
            _lament(tell(plan, "failed", str(error) or type(error).__name__), plan)
            raise
        show_night(plan, status)
        return status


def _lament(status: Status, plan: Plan) -> None:
    show_night(plan, status)
    announce(plan.region.title, status.state, status.message)


def _night(plan: Plan, *, force: bool) -> Status:
    inputs, last = plan.inputs(), plan.last_inputs()
    if last is not None and inputs.same_as(last) and not force:
        return tell_nothing_changed(plan, inputs)
    models = steps.all_models()
    order = build_order(models)
    sources = in_reading_order(plan.region)
    expect(len(sources) + len(order) + _OTHER_STEPS)

    build = steps.start_build(plan, inputs, afresh=force)
    try:
        for source in sources:
            load(build, source)
        for one in steps.due(build, order):
            model(build, one)
        results = check(build)
        for one in order:
            if one.schema == "meta":
                model(build, one)
        stage(build, models)
        publish(build)
    except steps.Refused as error:
        kept = steps.set_aside(build, str(error))
        raise steps.Refused(f"{error} What was built is kept in '{kept}'.") from error
    except BaseException:
        steps.abandon(build)
        raise
    warned = sum(bool(r.failures) for r in results)
    message = f"{len(results)} checks: {len(results) - warned} hold, {warned} warn."
    return tell(plan, "published", message, build.intake.stale)
