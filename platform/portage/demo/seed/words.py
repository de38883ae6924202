"""Words for invented families. The family names are no one's in particular; addresses and numbers belong to nobody."""

GIVEN = (
    "Aria", "Billy", "Caleb", "Daisy", "Elif", "Freddie", "Grace", "Harun", "Isla", "Jayden", "Kezia", "Luca", "Mila",
    "Noah", "Orla", "Poppy", "Qasim", "Rosie", "Sufyan", "Theo", "Una", "Viktor", "Willow", "Yara", "Zain", "Ada",
    "Bodhi", "Cora", "Dylan", "Esme", "Finn", "Gwen", "Hugo", "Ivy", "Jude", "Kai",
)  # fmt: skip
FAMILY = (
    "Applewick", "Barleymow", "Cloverdale", "Dapplemere", "Elderfield", "Foxgloveton", "Greenbank-Ali", "Hollowbrook",
    "Ivyleigh", "Juniperson", "Kestrelgate", "Larkspur-Khan", "Meadowsweet", "Nightingham", "Oakapple", "Pennywort",
    "Quicksilver", "Rowanberry", "Sandpiperley", "Thimblethorpe", "Umberslade", "Violetsmith", "Wrenfield", "Yarrowby",
)  # fmt: skip
CARERS = (
    "Alex", "Bahar", "Chris", "Dominika", "Emeka", "Fiona", "Gul", "Helen", "Imran", "Jo", "Karen", "Liam", "Mei",
    "Nadia", "Owen", "Parveen",
)  # fmt: skip
RELATIONSHIPS = ("mother", "father", "grandmother", "foster carer")
STREETS = ("Example Street", "Invented Road", "Sample Lane", "Nowhere Terrace", "Placeholder Avenue")
IN_THEIR_WORDS = (
    "We love how much {name} laughs at bubbles. We worry because there are no words yet and we cannot tell what hurts.",
    "{name} sat up late and does not crawl. We would like somebody to show us what to try at home.",
    "{name} does not look at us when we call. Nursery says the same. We do not know where to start.",
    "Since the diagnosis we feel alone with it. {name} is happy in water and likes the same song again and again.",
)
CAN_DO = (
    "Looks at a face and smiles; holds a spoon; points at the cat.",
    "Sits with a cushion, reaches for a rattle on the left side, likes being sung to.",
    "Takes turns with a ball twice, brings a book, says a sound for more.",
)
GOALS = (
    "To join in at mealtimes with the family",
    "To tell us what they want without crying",
    "To play beside a cousin",
)
TARGETS = (
    ("Hands over one brick when asked", "on the floor with mum, two bricks on the rug", "four times out of five"),
    ("Looks at the speaker when named", "within arm's reach, room quiet", "three times in a play session"),
    ("Pulls off one sock", "after bath, sock half off", "every evening for a week"),
)  # fmt: skip
ACTIVITIES = (
    ("Hold out two cups at breakfast and wait until one is looked at", "Once a day, at breakfast", "Two cups"),
    ("Build a tower of three bricks together and knock it down", "Twice a day, two minutes", "A few bricks"),
    ("Sing the same song while putting on the coat, and stop before the last word", "Every time you go out"),
)  # fmt: skip
SEEN = (
    "We did the cups every morning. On Thursday there was a look and then a reach, all alone!",
    "A cold all week, so we only sang. The humming came back on Sunday.",
    "Granny tried it too and it worked with her as well.",
)
HOW_IT_WENT = (
    "We played with the bricks first, then with water. Handed over two bricks with help and one alone.",
    "A tired day. Short play on the blanket, then we looked at the activity chart together.",
    "A lovely hour: the older brother joined in and the turn taking worked by itself.",
)
NEXT_ACTIVITY = (
    "Bricks before lunch, two minutes, every day.",
    "Sing the sock song after the bath.",
    "Ball on the rug.",
)
CELEBRATE = "Joins in at mealtimes now, and the whole family celebrates. Hands over a brick and waits for your turn."
NEXT_FOCUS = "Two words together, and choosing between two toys."
PARENTS_VIEW = (
    "We see it too. Mornings are calmer, and we know what to try next.",
    "It was slow at first and we nearly gave up. Now everybody at home joins in.",
)
REASON_YES = (
    "I read what the family wrote and what was found. Home visits fit: the family wants ideas for every day, and the "
    "delay shows in more than one area."
)
REASON_NO = (
    "I looked at everything that was sent. Another service fits better just now, and I spoke with the family about it."
)
WHY_OTHER_SERVICES = "The family asked for a group nearby, and the panel agreed that it is what helps them now."
INSTEAD = "The stay and play group at the family hub, and the health visitor's two year review."
