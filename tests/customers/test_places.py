"""Countries, cities, townships and districts as channel clients look them up."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from omnitron.channels.enums import IntegrationMappingType
from tests.factories.channels import IntegrationMappingFactory
from tests.factories.customers import CityFactory, CountryFactory, DistrictFactory, TownshipFactory

pytestmark = pytest.mark.django_db


def pks(api: APIClient, path: str, **parameters: Any) -> list[int]:
    response = api.get(f"/api/v1/{path}/", {"sort": "id", **parameters})
    assert response.status_code == 200, response.content
    return [row["pk"] for row in response.json()["results"]]


def test_a_country_is_found_by_its_code_to_the_letter(api: APIClient) -> None:
    country = CountryFactory(code="tr", name="Türkiye")
    CountryFactory(code="TR", name="Other", is_active=False)

    assert pks(api, "countries", code__exact="tr", is_active="True") == [country.pk]
    assert pks(api, "countries", code__exact="TR", is_active="True") == []
    assert pks(api, "countries", name__exact="Türkiye") == [country.pk]
    assert pks(api, "countries", name__exact="türkiye") == []


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        (stored, asked)
        for stored in ("İstanbul", "ISTANBUL", "istanbul", "İSTANBUL")
        for asked in (
            "İstanbul",
            "İSTANBUL",
            "istanbul",
            "ISTANBUL",
            "ıstanbul",
            "i̇stanbul",
            "I\u0307stanbul",
        )
    ],
)
def test_a_city_is_found_whatever_its_case_and_its_letters_i(api: APIClient, stored: str, asked: str) -> None:
    city = CityFactory(name=stored)
    CityFactory(name="İstanbul Avrupa", country=city.country)

    assert pks(api, "cities", name__iexact=asked, country=city.country_id, is_active="True") == [city.pk]


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("Iğdır", "ığdır"),
        ("Iğdır", "IĞDIR"),
        ("Iğdır", "iğdir"),
        ("Çanakkale", "çANAKKALE"),
        ("Şişli", "ŞİŞLİ"),
        ("Düzce", "DÜZCE"),
        ("Örümcek", "öRÜMCEK"),
        ("Łódź", "łÓDŹ"),
        ("Αθήνα", "αΘΉΝΑ"),
        ("50% off_", "50% OFF_"),
    ],
)
def test_other_letters_fold_as_well(api: APIClient, stored: str, asked: str) -> None:
    city = CityFactory(name=stored)

    assert pks(api, "cities", name__iexact=asked) == [city.pk]
    assert pks(api, "cities", name__icontains=asked[1:4]) == [city.pk]
    assert pks(api, "cities", name__istartswith=asked[:3]) == [city.pk]
    assert pks(api, "cities", search=asked) == [city.pk]
    assert pks(api, "cities", name__iexact=asked[:-1]) == []


def test_signs_of_patterns_are_only_signs(api: APIClient) -> None:
    CityFactory(name="İzmir")

    for asked in ("%", "_zmir", "i%r"):
        assert pks(api, "cities", name__iexact=asked) == []
        assert pks(api, "cities", name__icontains=asked) == []


def test_a_township_is_found_below_its_country_and_city(api: APIClient) -> None:
    township = TownshipFactory(name="Kadıköy")
    namesake = TownshipFactory(name="KADIKÖY")
    country, city = township.city.country_id, township.city_id

    assert pks(api, "townships", name__iexact="kadıköy") == [township.pk, namesake.pk]
    assert pks(api, "townships", name__iexact="kadıköy", country=country) == [township.pk]
    assert pks(api, "townships", name__iexact="KADIKOY", country=country) == []
    assert pks(api, "townships", name__iexact="KADIKÖY", country=country, city=city) == [township.pk]
    assert pks(api, "townships", country=country, city=namesake.city_id) == []


def test_a_district_is_found_by_its_exact_name_below_all_three(api: APIClient) -> None:
    district = DistrictFactory(name="Caferağa")
    DistrictFactory(name="Caferağa")
    below = {
        "country": district.city.country_id,
        "city": district.city_id,
        "township": district.township_id,
        "is_active": "True",
    }

    assert pks(api, "districts", name__exact="Caferağa", **below) == [district.pk]
    assert pks(api, "districts", name__exact="caferağa", **below) == []
    for name in ("country", "city", "township"):
        assert pks(api, "districts", name__exact="Caferağa", **{**below, name: 2**62}) == []


@pytest.mark.parametrize(
    ("path", "factory"),
    [
        ("countries", CountryFactory),
        ("cities", CityFactory),
        ("townships", TownshipFactory),
        ("districts", DistrictFactory),
    ],
)
def test_a_place_is_found_by_the_code_a_channel_knows_it_by(
    api: APIClient, path: str, factory: Any, django_assert_num_queries: Any
) -> None:
    place, other = factory(), factory()
    sales, web = IntegrationMappingType.SALES_CHANNEL, IntegrationMappingType.WEB
    IntegrationMappingFactory(about=place, integration_type=sales, code="1_34")
    IntegrationMappingFactory(about=place, integration_type=sales, code="2_34")
    IntegrationMappingFactory(about=place, integration_type=web, code="1_34")
    # Both halves of the question, but not in one mapping.
    IntegrationMappingFactory(about=other, integration_type=sales, code="9_99")
    IntegrationMappingFactory(about=other, integration_type=web, code="2_34")

    with django_assert_num_queries(1):
        found = pks(api, path, mapping__code__exact="2_34", mapping__integration_type="sales_channel")
    assert found == [place.pk]
    assert pks(api, path, mapping__code__exact="1_34") == [place.pk]
    assert pks(api, path, mapping__code="2_34") == [place.pk, other.pk]
    assert pks(api, path, mapping__integration_type="sales_channel") == [place.pk, other.pk]
    assert pks(api, path, mapping__code__exact="1_34 ", mapping__integration_type="sales_channel") == []
    response = api.get(f"/api/v1/{path}/", {"mapping__integration_type": "nobody"})
    assert (response.status_code, list(response.json())) == (400, ["mapping__integration_type"])


def test_a_mapping_of_another_kind_of_place_with_the_same_pk_is_not_taken(api: APIClient) -> None:
    country = CountryFactory()
    city = CityFactory(pk=country.pk, country=country)
    IntegrationMappingFactory(about=city, integration_type="sales_channel", code="1_34")

    assert pks(api, "countries", mapping__code__exact="1_34") == []
    assert pks(api, "cities", mapping__code__exact="1_34") == [city.pk]


def test_a_place_others_lie_in_cannot_be_deleted(api: APIClient) -> None:
    city = CityFactory()

    response = api.delete(f"/api/v1/countries/{city.country_id}/")

    assert response.status_code == 406
    assert response.json() == {
        "non_field_errors": f"country {city.country_id} cannot be deleted: cities refer to it.",
        "error_code": "omnitron_100_2",
    }
    assert pks(api, "countries") == [city.country_id]


def test_the_same_name_twice_in_one_place_is_refused(api: APIClient) -> None:
    city = CityFactory(name="İzmir")

    response = api.post("/api/v1/cities/", {"name": "İzmir", "country": city.country_id})

    assert (response.status_code, list(response.json())) == (400, ["non_field_errors"])
    assert pks(api, "cities") == [city.pk]
