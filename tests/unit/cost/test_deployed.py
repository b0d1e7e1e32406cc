"""What a deployment makes of the template, by its parameters."""

from pathlib import Path

import pytest

from infra.local.transform import read
from infra.operate import cost_inputs
from infra.operate.deployed import ParameterError, overrides, parameters, resources, settings

PARENT = """
Parameters:
  Kind: {Type: String, Default: plain, AllowedValues: [plain, fancy]}
  Subnets: {Type: CommaDelimitedList, Default: ""}
  Number: {Type: Number, Default: 3}
Conditions:
  Fancy: !Equals [!Ref Kind, fancy]
  Inside: !Not [!Equals [!Select [0, !Ref Subnets], ""]]
  Both: !And [!Condition Fancy, !Condition Inside]
  Either: !Or [!Condition Fancy, !Condition Inside]
Resources:
  Always: {Type: "AWS::SNS::Topic"}
  WhenFancy: {Type: "AWS::SNS::Topic", Condition: Fancy}
  WhenBoth: {Type: "AWS::SNS::Topic", Condition: Both}
  WhenEither: {Type: "AWS::SNS::Topic", Condition: Either}
  Nested:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: nested.yaml
      Parameters: {Told: !If [Fancy, "yes", "no"], Later: !GetAtt Always.TopicName}
"""
NESTED = """
Parameters:
  Told: {Type: String}
  Later: {Type: String}
Conditions:
  WasTold: !Equals [!Ref Told, "yes"]
Resources:
  Inner: {Type: "AWS::SNS::Topic", Condition: WasTold}
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    (tmp_path / "nested.yaml").write_text(NESTED)
    (tmp_path / "template.yaml").write_text(PARENT)
    return tmp_path / "template.yaml"


@pytest.mark.req("O6")
@pytest.mark.parametrize(
    ("given", "made"),
    [
        ({}, {"Always", "Nested"}),
        ({"Kind": "fancy"}, {"Always", "WhenFancy", "WhenEither", "Nested", "Inner"}),
        ({"Subnets": "a,b"}, {"Always", "WhenEither", "Nested"}),
        (
            {"Kind": "fancy", "Subnets": "a"},
            {"Always", "WhenFancy", "WhenBoth", "WhenEither", "Nested", "Inner"},
        ),
    ],
)
def test_a_deployment_makes_what_its_conditions_let_stand_and_what_that_nests(
    template: Path, given: dict[str, str], made: set[str]
) -> None:
    assert {logical_id for logical_id, _ in resources(template, given)} == made


@pytest.mark.req("O6")
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"Knid": "fancy"}, "no parameter Knid"),
        ({"Kind": "fancier"}, "Kind is one of plain, fancy"),
        ({"Number": "many"}, "Number is a whole number"),
    ],
)
def test_a_parameter_that_the_template_does_not_take_is_refused(
    template: Path, given: dict[str, str], says: str
) -> None:
    with pytest.raises(ParameterError, match=says):
        parameters(read(template), given)


@pytest.mark.req("O6")
def test_words_that_are_no_setting_are_refused() -> None:
    assert settings(["A=1", "B=", "C=x=y"]) == {"A": "1", "B": "", "C": "x=y"}
    for word in ("A", "=1", ""):
        with pytest.raises(ParameterError, match="NAME=VALUE"):
            settings([word])


@pytest.mark.req("O2", "O6")
@pytest.mark.parametrize("environment", ["default", "dev", "prod", "frugal"])
def test_every_environment_of_samconfig_gives_parameters_that_the_template_takes(environment: str) -> None:
    given = overrides(cost_inputs.SAMCONFIG, environment)

    assert given.items() <= parameters(read(cost_inputs.TEMPLATE), given).items()
    assert bool(given) == (environment != "default")


@pytest.mark.req("O6")
def test_an_environment_that_samconfig_does_not_have_is_refused_with_those_that_it_has() -> None:
    with pytest.raises(ParameterError, match="default, dev, prod, frugal"):
        overrides(cost_inputs.SAMCONFIG, "production")


@pytest.mark.req("O6")
def test_a_condition_in_a_form_that_is_not_known_is_an_error_and_no_guess(template: Path) -> None:
    template.write_text(
        PARENT.replace("!Equals [!Ref Kind, fancy]", "!FindInMap [Map, Key, Value]", 1),
    )
    with pytest.raises(ValueError, match="Fn::FindInMap"):
        list(resources(template, {}))
