"""The hand-drawn plan of Doggerland: where land, councils, towns and numbered roads are meant to be.

The land stays west of longitude 1.9: beyond 1.92 PROJ falls back from the national grid's datum shift to
none at all, which moves a point by 130 m, one way only.
"""

from geo.sample.sketch import Council, Ellipse, Route, Sketch, Town

# Highway authorities.
SILVERPIT, LEMAN, BOTNEY, TAIL = "D06000001", "D06000002", "D06000003", "D06000004"
AUROCHS, OUTERWELL, CLEAVER = "D08000001", "D08000002", "D08000003"
COUNTY = "D10000001"
# Districts of the county.
SOLEPIT, HADDOCK, SEDGEFEN = "D07000001", "D07000002", "D07000003"
INNER_BANKS = "D47000001"
# Police forces; no real force has these numbers.
SHELF, BANKS = 80, 81

DOGGERLAND = Sketch(
    name="doggerland",
    title="Doggerland",
    origin=(598_000.0, 468_000.0),
    extent_km=(54.0, 90.0),
    land=(
        Ellipse(26, 45, 17, 28),
        Ellipse(14, 38, 10, 14),
        Ellipse(32, 68, 13, 15),
        Ellipse(24, 22, 15, 12),
        # An estuary from the west and a bay from the east.
        Ellipse(6, 56, 12, 2.6, -1.3),
        Ellipse(47, 53, 7, 3.5, -0.9),
    ),
    island=Ellipse(45.5, 25, 3.6, 5.0),
    authorities=(
        Council(SILVERPIT, "Silverpit", force=SHELF),
        Council(LEMAN, "Leman and Ower", force=SHELF),
        Council(BOTNEY, "Botney Cut", force=BANKS),
        Council(TAIL, "Dogger Tail", force=BANKS),
        Council(AUROCHS, "Aurochs Cross", INNER_BANKS, BANKS),
        Council(OUTERWELL, "Outerwell", INNER_BANKS, BANKS),
        Council(CLEAVER, "Cleaver", INNER_BANKS, BANKS),
        Council(COUNTY, "Doggershire", force=SHELF),
    ),
    districts=(
        Council(SOLEPIT, "Solepit Coast", COUNTY, SHELF),
        Council(HADDOCK, "Haddock Vale", COUNTY, SHELF),
        Council(SEDGEFEN, "Sedgefen and the Wolds", COUNTY, SHELF),
    ),
    combined=(Council(INNER_BANKS, "Inner Banks Combined Authority"),),
    towns=(
        Town("Silverpit", 22, 39, 95_000, SILVERPIT),
        Town("Solepit-on-Sea", 8, 37, 16_000, SOLEPIT),
        Town("Peat Norton", 14.5, 45, 7_400, SOLEPIT),
        Town("Haddock Magna", 17.5, 29, 8_600, HADDOCK),
        Town("Clayhythe Deep", 29, 32, 11_000, HADDOCK),
        Town("Sedgefen", 30.5, 41, 7_800, SEDGEFEN),
        Town("Amberhythe", 22.5, 48, 6_300, SEDGEFEN),
        Town("Lemanmouth", 21, 16, 48_000, LEMAN),
        Town("Ower Regis", 31, 22, 14_000, LEMAN),
        Town("Marram", 11, 21, 7_200, LEMAN),
        Town("Eelgarth", 45.5, 25, 6_100, LEMAN, is_apart=True),
        Town("Botney", 38, 46, 40_000, BOTNEY),
        Town("Skatehole", 39, 37, 9_200, BOTNEY),
        Town("Botney Detached", 26, 65.5, 3_600, BOTNEY, is_apart=True),
        Town("Aurochs Cross", 25, 55, 38_000, AUROCHS),
        Town("Outerwell", 20, 61.5, 30_000, OUTERWELL),
        Town("Wolfsea", 13, 61, 5_200, OUTERWELL),
        Town("Bittern Wade", 15.5, 66, 4_100, OUTERWELL),
        Town("Cleaver", 35, 59, 34_000, CLEAVER),
        Town("Tailend", 33, 70, 34_000, TAIL),
        Town("Storegga End", 39, 78, 9_000, TAIL),
        Town("Elkham St Mary", 27, 74, 7_600, TAIL),
    ),
    routes=(
        Route("M88", "Motorway", ("Lemanmouth", "Haddock Magna", "Silverpit"), trunk=True),
        Route("A88", "A Road", ("Silverpit", "Amberhythe", "Aurochs Cross", "Cleaver", "Tailend"), trunk=True),
        Route("A8001", "A Road", ("Solepit-on-Sea", "Silverpit", "Sedgefen", "Botney")),
        Route(
            "A8002",
            "A Road",
            ("Lemanmouth", "Ower Regis", "Clayhythe Deep", "Sedgefen", "Botney", "Cleaver", "Tailend"),
        ),
        Route("A8003", "A Road", ("Marram", "Lemanmouth")),
        Route("A8004", "A Road", ("Peat Norton", "Amberhythe", "Aurochs Cross", "Outerwell", "Tailend")),
        Route("A8005", "A Road", ("Tailend", "Storegga End")),
        Route(
            "B8010", "B Road", ("Marram", "Haddock Magna", "Solepit-on-Sea", "Peat Norton", "Silverpit")
        ),
        Route("B8011", "B Road", ("Ower Regis", "Eelgarth")),
        Route("B8012", "B Road", ("Wolfsea", "Outerwell", "Botney Detached", "Elkham St Mary", "Storegga End")),
        Route("B8013", "B Road", ("Haddock Magna", "Clayhythe Deep", "Skatehole", "Botney")),
        Route("B8014", "B Road", ("Aurochs Cross", "Botney")),
        Route("B8015", "B Road", ("Outerwell", "Cleaver")),
        Route("B8016", "B Road", ("Clayhythe Deep", "Silverpit")),
    ),
)  # fmt: skip
