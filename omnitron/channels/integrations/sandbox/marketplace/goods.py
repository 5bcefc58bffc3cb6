"""What the marketplace sells, and to whom: as in the demo data, where channel 1's catalogue has these products."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Product:
    """`price` in lira, with tax; `vat_rate` a percentage."""

    sku: str
    barcode: str
    price: Decimal
    vat_rate: Decimal


@dataclass(frozen=True)
class Place:
    """Where somebody lives. What the marketplace calls a district is a township, its neighbourhood a district."""

    city: str
    district: str
    neighbourhood: str
    postcode: str


CATALOGUE = (
    Product("KZK-1001-LCV-M", "8690000010010", Decimal("1249.90"), Decimal("10.00")),
    Product("GML-1002-BYZ-L", "8690000010027", Decimal("899.90"), Decimal("10.00")),
    Product("PNT-1003-SYH-32", "8690000010034", Decimal("1099.90"), Decimal("10.00")),
    Product("ELB-1004-KRM-38", "8690000010041", Decimal("1699.90"), Decimal("10.00")),
    Product("TSH-1005-GRI-S", "8690000010058", Decimal("399.90"), Decimal("10.00")),
    Product("CRP-1006-STD", "8690000010065", Decimal("149.90"), Decimal("10.00")),
    Product("MNT-1007-CML-40", "8690000010072", Decimal("4999.90"), Decimal("10.00")),
    Product("AYK-1008-KHV-42", "8690000010089", Decimal("3299.90"), Decimal("10.00")),
    Product("CNT-1009-SYH", "8690000010096", Decimal("2499.90"), Decimal("20.00")),
    Product("SAT-1010-GMS", "8690000010102", Decimal("3899.00"), Decimal("20.00")),
    Product("KPE-1011-ALT", "8690000010119", Decimal("649.50"), Decimal("20.00")),
    Product("PRF-1012-50", "8690000010126", Decimal("1190.00"), Decimal("20.00")),
    Product("KHV-1013-250", "8690000010133", Decimal("289.90"), Decimal("1.00")),
    Product("KTP-1014-TR", "8690000010140", Decimal("420.00"), Decimal("0.00")),
    Product("FNR-1015-LED", "8690000010157", Decimal("799.00"), Decimal("20.00")),
    Product("HAL-1016-80", "8690000010164", Decimal("5750.00"), Decimal("20.00")),
    Product("TLF-1017-128", "8690000010171", Decimal("24999.00"), Decimal("20.00")),
    Product("KLK-1018-BT", "8690000010188", Decimal("1899.00"), Decimal("20.00")),
    Product("SEP-1019-HSR", "8690000010195", Decimal("549.90"), Decimal("20.00")),
    Product("HDY-1020-KRT", "8690000010201", Decimal("500.00"), Decimal("0.00")),
)

PLACES = (
    Place("İstanbul", "Kadıköy", "Bostancı", "34710"),
    Place("İstanbul", "Kadıköy", "Caferağa", "34710"),
    Place("İstanbul", "Kadıköy", "Fenerbahçe", "34710"),
    Place("İstanbul", "Kadıköy", "Hasanpaşa", "34710"),
    Place("İstanbul", "Kadıköy", "Moda", "34710"),
    Place("İstanbul", "Kadıköy", "Suadiye", "34710"),
    Place("İstanbul", "Beşiktaş", "Bebek", "34353"),
    Place("İstanbul", "Beşiktaş", "Etiler", "34353"),
    Place("İstanbul", "Beşiktaş", "Ortaköy", "34353"),
    Place("İstanbul", "Beşiktaş", "Türkali", "34353"),
    Place("İstanbul", "Şişli", "Bomonti", "34360"),
    Place("İstanbul", "Şişli", "Fulya", "34360"),
    Place("İstanbul", "Şişli", "Nişantaşı", "34360"),
    Place("İstanbul", "Üsküdar", "Altunizade", "34660"),
    Place("İstanbul", "Üsküdar", "Çengelköy", "34660"),
    Place("İstanbul", "Üsküdar", "Ünalan", "34660"),
    Place("İstanbul", "Ataşehir", "İçerenköy", "34758"),
    Place("İstanbul", "Beyoğlu", "Cihangir", "34421"),
    Place("İstanbul", "Beyoğlu", "Kuloğlu", "34421"),
    Place("İstanbul", "Sarıyer", "İstinye", "34450"),
    Place("İstanbul", "Sarıyer", "Maslak", "34450"),
    Place("Ankara", "Çankaya", "Bahçelievler", "06420"),
    Place("Ankara", "Çankaya", "Kızılay", "06420"),
    Place("Ankara", "Çankaya", "Oran", "06420"),
    Place("Ankara", "Yenimahalle", "Batıkent", "06170"),
    Place("İzmir", "Karşıyaka", "Bostanlı", "35580"),
    Place("İzmir", "Konak", "Alsancak", "35250"),
    Place("İzmir", "Bornova", "Erzene", "35040"),
    Place("İzmir", "Bornova", "Kazımdirik", "35040"),
    Place("Bursa", "Nilüfer", "Ataevler", "16110"),
    Place("Bursa", "Nilüfer", "Görükle", "16110"),
    Place("Antalya", "Muratpaşa", "Lara", "07100"),
    Place("Antalya", "Muratpaşa", "Şirinyalı", "07100"),
)

FIRST_NAMES = (
    "Ayşe",
    "Çağla",
    "Işıl",
    "Gülşah",
    "Özge",
    "Şule",
    "Zeynep",
    "Ebru",
    "İsmail",
    "Ömer",
    "Uğur",
    "Çetin",
    "Tuğrul",
    "Doğan",
    "Kağan",
    "Barış",
)
LAST_NAMES = (
    "Yılmaz",
    "Şahin",
    "Öztürk",
    "Çelik",
    "Aydın",
    "Güneş",
    "Işık",
    "Doğan",
    "Kılıç",
    "Özdemir",
    "Çağlar",
    "Yıldız",
    "Şimşek",
    "Ünal",
    "Karaağaç",
    "Tığ",
)
STREETS = (
    "Moda Caddesi",
    "Atatürk Bulvarı",
    "Gülbahar Sokağı",
    "Çınar Sokağı",
    "İstiklâl Caddesi",
    "Şehit Yolu",
)
PROVIDERS = ("Aras Kargo", "Yurtiçi Kargo", "MNG Kargo", "PTT Kargo")
CARD_BINS = ("454360", "555555", "450634", "435508", "402277")
# A card's number of instalments and the interest it costs, in percent.
INSTALMENTS = ((1, Decimal(0)), (1, Decimal(0)), (3, Decimal(0)), (6, Decimal("4.50")), (9, Decimal("7.90")))
COUPONS = ("HOSGELDIN50", "KARGO-BIZDEN", "YAZ-İNDİRİMİ")
INSTRUCTIONS = ("", "", "", "Kapıcıya bırakın.", "Zili çalmayın, bebek uyuyor.", "Öğleden sonra gelin.")
