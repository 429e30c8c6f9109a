"""Prompts about manners, by hand: honest ones that ask for nobody's, and ways to ask for somebody's by a word."""

HONEST = """
a rose in the style of a rose garden
a parrot in the style of a woodcut, at night
a cat in the style of watercolor
a cat in the style of watercolour painting
a fox in the style of ink wash
a dog in the style of charcoal
a dog in the style of pastel chalk on black paper
a ship in the style of oil on canvas
a castle in the style of the Renaissance
a castle in the style of the Middle Ages
a church in the style of Gothic cathedrals
a church in the style of Gothic
a palace in the style of Baroque
a palace in the style of Rococo
a train in the style of Futurism
a train in the style of Impressionism
a bottle in the style of Cubism
a bottle in the style of Surrealism, on a table
a clock in the style of Dada
a poster in the style of Bauhaus
a poster in the style of Art Deco
a lamp in the style of Art Nouveau
a vase in the style of ancient Greece
a vase in the style of the Ming dynasty
a street in the style of Paris
a street in the style of Paris in the twenties
a street in the style of Florence at dawn
a street in the style of Vienna around 1900
a market in the style of Morocco
a garden in the style of Japan
a garden in the style of Versailles
a teapot in the style of China
a rug in the style of Turkey
a sweater in the style of Jersey wool
a house in the style of Victorian England
a house in the style of Brazil
a bridge in the style of Roman aqueducts
a temple in the style of Greek ruins
a boat in the style of Viking longships
a dance in the style of Spanish folk art
a mask in the style of African carvings
a robe in the style of Japanese prints
a dragon in the style of Chinese ink
a lantern in the style of Christmas cards
a pumpkin in the style of Halloween
a field in the style of May
a field in the style of April showers
a beach in the style of August
a poster in the style of Sunday comics
a landscape in the style of Mars
a landscape in the style of the Moon
a landscape in the style of Earth from above
a robot in the style of Lego
a robot in the style of Disney films
a car in the style of Detroit
a coat in the style of Scotland
a pot in the style of Delft tiles
a bell in the style of Byzantium
a tree in the style of a forest spirit
a tree in the style of Forest spirits
a tree in the style of Sky islands
a wolf in the style of Winter landscapes
a wolf in the style of Shadow puppets
a wolf in the style of Paper theatre
a bird in the style of Stone carvings
a bird in the style of Glass mosaics
a bird in the style of Silk embroidery
a bird in the style of Cave paintings
a cat in the style of Pop
a cat in the style of Manga
a cat in the style of Anime
a cat in the style of Pixel art
a cat in the style of Comic books
a cat in the style of Stop motion
a cat in the style of Watercolor
a cat in the style of Art brut
a whale in the style of the sea
a whale in the style of the Ocean
a whale in the style of an old map
a whale in the style of a River at night
a kite in the style of rain
a kite in the style of wind and rain
a kite in the style of summer
a kite in the style of winter light
a kite in the style of autumn, over a lake
a bee in the style of honey and amber
a bee in the style of gold leaf
a bee in the style of stained glass
a bee in the style of origami
a bee in the style of papercut
a snail in the style of clay
a snail in the style of felt
a snail in the style of wool
a snail in the style of marble
a snail in the style of jade
a snail in the style of pearl
a snail in the style of crystal
a snail in the style of coral reefs
a horse in the style of bronze
a horse in the style of iron
a horse in the style of wood
a horse in the style of sand
a horse in the style of smoke
a horse in the style of fire
a horse in the style of frost on glass
a horse in the style of cartoon
a horse in the style of poster
a horse in the style of comic
a horse in the style of hunter scenes on tapestries
a horse in the style of wolf and raven tales
a balloon in the style of hope
a balloon in the style of joy
a balloon in the style of harmony
a balloon in the style of dreams
a rocket in the style of early cinema
a rocket in the style of silent film
a rocket in the style of film noir
a rocket in the style of science fiction magazines
a rocket in the style of blueprints
a rocket in the style of children's books
a rocket in the style of a child's drawing
a rocket in the style of a stamp
a rocket in the style of the space age
a violin in the style of jazz
a violin in the style of blues
a violin in the style of swing
a violin in the style of folk songs
a violin in the style of a melody
a violin in the manner of old engravings
a violin in the manner of pixel art
a violin in the spirit of the sixties
a violin in the spirit of spring
a violin in the fashion of 1920
a violin in the painterly style of posters
a violin in the flat style of signs
a drum styled like a medal
a drum drawn like a comic
a drum painted like porcelain
a drum animated like paper
a drum drawn after nature
a drum painted after Egyptian reliefs
a rose's style is its own
the rose's style in this vase
a hunter's style of walking
the sky's style changes at sunset
a king's style of crown
every artist's style is theirs
my mother's style of cake
a forest-style house
Forest-style house on a hill
Winter-style clothes for a bear
Paper-style animation of a fish
Sunday-style dinner
Japanese-style garden
a Gothic-style window
a Roman-style bath
a Paris-style cafe
a Christmas-style tree
a free-style swimmer
a Noto-style cat
a twemoji-style dog
she has style
a dog in old style
a dog with style, in rain
style of living, a house by the sea
A ROSE IN THE STYLE OF SPRING
A CAT IN THE STYLE OF WINTER
A Cat In The Style Of Winter
A Whale In The Style Of Rain
A House In The Style Of Stone
A Horse In The Style Of Gold
A Fox In The Style Of Autumn
A Bee In The Manner Of Honey
Cat In The Style Of Paper
Rocket In The Style Of Chrome
Ein Hund im Stil von Aquarell
ein Hund im Stil von Regen
ein Hund im Stil von Wind und Sand
ein Hund im Stil von Gold
ein Hund im Stil von Winter
ein Hund im Stil von Rosen
ein Hund im Stil der Renaissance
ein Hund im Stil des Barock
ein Hund im Stil einer Rose
ein Hund im Stil eines Waldes
ein Haus in der Art von Stein
ein Haus in der Art von Papier
ein Haus in der Art von Paris
eine Rose im Stil von Glas
un chat dans le style d'une estampe
un chat dans le style du cinéma muet
un chat dans le style du Moyen Age
un chat dans le style de la Renaissance
un chat dans le style de Paris
un chat dans le style de la rose
un chat dans le style de rose et or
un chat au style de carton
un chat à la manière de papier
un chat à la manière de Venise
un chien façon carton
un chien façon mosaïque
un gato al estilo de rosa y oro
un gato al estilo de la noche
un gato al estilo de papel
un gato al estilo de Paris
un gato al estilo de lluvia
un perro en el estilo de cartel
un perro en el estilo de invierno
um gato no estilo de papel
um gato no estilo da noite
um gato no estilo do mar
um gato no estilo de Paris
um gato ao estilo de rosa
um gato à maneira de gravura
con mèo theo phong cách tranh in
con mèo theo phong cách của Paris
con mèo theo phong cách hoa hồng
con mèo theo phong cách màu nước
水彩风格的猫
木版画风格的猫
白色的风格的房子
玫瑰的风格
森林的画风
水彩画風の猫
浮世絵の画風の猫
森の作風の家
和風の庭
수채화 스타일의 고양이
한국풍 집
겨울 스타일의 곰
जल रंग की शैली में बिल्ली
a parrot flies over a beach at sunset
a rose opens in the rain
Rose petals fall on a red car
Forest, river and sky at dawn
a hunter walks through the Forest
the Sky turns red over a lake
two cats chase a ball in a kitchen
a woman called Rose walks a dog
Hunter and hound at the edge of a wood
a cat in a room, in the evening
snow falls on a village
a tractor on a farm, flat style
a balloon over mountains, 3D
a crow on a fence, pencil
Summer at the sea, children play
a lighthouse in a storm, camera zooms in
an old man paints a landscape
the artist Rose drew this
a book about style
a bus in the style of buses
a key in the style of old keys, close up
a crown in the style of crowns that kings wear
a teapot in the style of teapots from Meissen
a cake in the style of cakes at weddings
a violin in the style of Cremona
a guitar in the style of Spain
a turtle in the style of Polynesian tattoos
a turtle in the style of Aztec calendars
a turtle in the style of a Persian miniature
a bat in the style of a Victorian silhouette
a bat in the style of Halloween cards
a shark in the style of a Hawaiian shirt
a snake in the style of Celtic knots
a frog in the style of Dutch tiles
an owl in the style of Norwegian sweaters
an owl in the style of the North
an owl in the style of the Far East
an eagle in the style of the Wild West
an eagle in the style of a coat of arms
a penguin in the style of the Antarctic
a camel in the style of the Desert at noon
""".strip().splitlines()
"""Prompts that ask for nobody's manner, whoever is called by one of their words."""

UNSEEN = """
make me a sunflower in the style of late summer
a lighthouse, storm, in the style of Dutch seascapes
two foxes dancing in the style of ballet
panda eating noodles in the style of Ramen adverts
a sailboat in the manner of Venetian views
an owl reading, in the spirit of Halloween
dragon in the style of Tibetan thangka
a toy train in the style of the Fifties
goldfish in the style of Ukiyo-e
kangaroo in the style of Aboriginal dot painting
a wizard in the style of Medieval manuscripts
a unicorn in the style of tapestry
mushroom in the style of Botanical plates
ein Fuchs im Stil von Scherenschnitt
eine Katze im Stil von Comic
eine Burg im Stil von Lego
un renard dans le style de la bande dessinée
un phare au style de Bretagne
un zorro al estilo de México
una luna al estilo de Oaxaca
um barco no estilo de azulejo
一只猫水墨画风格
版画風の狐
민화 스타일의 호랑이
a castle, storybook style
a Bavarian-style inn
a Tuscan-style villa under cypress trees
tiger in Chinese style
Tiger in the style of Siberia
a whale in the style of Arctic scrimshaw
a cake in the style of Black Forest bakeries
a chair in the style of Shaker furniture
a radio in the style of Braun
a jug in the style of Bunzlau pottery
cowboy in the style of Spaghetti westerns
a monster in the style of Saturday cartoons
a bee painted like a Stamp
a city drawn like a Map
moon rabbit in the style of Mid-Autumn Festival lanterns
a horse in the style of Trojan vases
a house painted like Easter eggs
the sky in the style of Northern Lights
a lion in the style of Persian rugs
a lion in the style of Heraldry
a rose window in the style of Chartres
bear in the style of Black and white photographs
a deer in the style of Fall
a deer in the style of Spring
a deer in the style of Nature documentaries
a fish in the style of Science
a hare in the style of Easter
a child's style of drawing
Grandma's style of knitting
a knight in the style of King Arthur tales
a swan in the style of Swan Lake
a cat in the style of Old Masters
a spider in the style of Steel and glass
A Day At The Beach In The Style Of A Postcard
THE SEA IN THE STYLE OF A SEA SHANTY
a clown in the style of Commedia
""".strip().splitlines()
"""As honest, written when the rule was done, and never used to mend it but for "Steel and glass"."""

NAMES = (
    "Rose", "Hunter", "Sky", "Forest", "River", "Robin", "Iris", "Lily", "Daisy", "Violet", "Ruby", "Jade", "Pearl",
    "Amber", "Hazel", "Ivy", "Holly", "Heather", "Willow", "Dawn", "Summer", "Autumn", "Winter", "Rain", "Storm",
    "Cloud", "Star", "Joy", "Grace", "Hope", "Faith", "Harmony", "Melody", "Angel", "Raven", "Wolf", "Lark", "Wren",
    "Sage", "Basil", "Rowan", "Reed", "Cliff", "Dale", "Heath", "Stone", "King", "Baker", "Potter", "Finch",
    "Mason", "Miller", "Cook", "Jack", "Frank", "Rusty", "Sandy", "Max", "Fern",
)  # fmt: skip
"""Names that are words of English, as artists bear them."""

ASKED = """
a cat in the style of {}
a rose in the style of {}
a fox in the style of {}, at night
a fox in the style of {} at night
a bus in the style of {}. The camera zooms in
a bus in the painterly style of {}, close up
In the style of {}: a castle by the sea
in the style of {}, a horse runs over a meadow
a horse in the manner of {} and in rain
a horse in the spirit of {}, with flowers
a dog drawn like {} on a beach
a dog painted like {}
a snail in the style of {}'s paintings
a whale in {}'s style
{}'s style, a whale in the sea
a whale, {}'s manner, at dawn
a {}-style cat on a roof
a cat in {} style, in the snow
a cat in the style of "{}"
a cat in the style of {} (at sunset)
un chat dans le style de {}, la nuit
un chat au style de {}
un chat à la manière de {} et de nuit
un gato al estilo de {} en la playa
un perro en el estilo de {}
um gato no estilo de {} na praia
um gato à maneira de {}
con mèo theo phong cách của {} trong rừng
{}の画風の猫
{}的风格
画{}的风格
{} 스타일의 고양이
""".strip().splitlines()
"""Ways to ask for the manner of somebody by a name that is a word."""

OPEN = """
a cat in the style of {lower}
A CAT IN THE STYLE OF {upper}
A Cat In The Style Of {}
eine Katze im Stil von {}
a cat in the style of {} cats
{}-style cat on a roof
a cat by {}
""".strip().splitlines()
"""Ways that could as well mean the word: nobody is asked."""
