"""The slice of ``vitascope bench serve`` that every build runs: the house holds its promises at a gentle load."""

from vitascope.bench.serve import Load, measure


def test_a_house_under_load_is_fair_and_small():
    """Every figure is there; at most one job of A begins between B's order and start; the desk idles under 200 MB."""
    report = measure(Load(rate=10, seconds=2, connections=8, clips=3, rival_jobs=15))

    assert 20 == report["create"]["n"]
    assert 3 == report["own_time"]["n"]
    assert report["saturation"]["orders_a_second"] > 0
    assert report["fairness"]["jobs_of_A_before_B"] <= 1
    assert 0 < report["idle_pss_megabytes"] < 200
