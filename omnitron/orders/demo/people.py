"""Names and addresses of people who do not exist."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES = _words(
    "Ayşe Fatma Emine Hatice Zeynep Elif Meryem Merve Zehra Esra Özlem Büşra Yasemin Derya Gamze Selin "
    "Ebru Aslı Ceren Defne Mehmet Mustafa Ahmet Ali Hüseyin Hasan İbrahim İsmail Osman Yusuf Murat Ömer "
    "Emre Can Burak Kerem Onur Tolga Deniz Ozan"
)
LAST_NAMES = _words(
    "Yılmaz Kaya Demir Çelik Şahin Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin "
    "Kara Koç Kurt Özkan Şimşek Polat Korkmaz Özcan Erdoğan Bulut Keskin Ünal Turan Gül Tekin Taş Aksoy "
    "Güneş Bozkurt Karaca Acar Duman Uçar Sezer Toprak"
)
EUROPEAN_FIRST_NAMES = _words(
    "Anna Marie Sophie Laura Julia Lena Emma Chloé Giulia Lucía Lucas Paul Louis Felix Jonas Matteo "
    "Marco Pablo Tim Oliver"
)
EUROPEAN_LAST_NAMES = _words(
    "Müller Schmidt Weber Fischer Wagner Martin Bernard Dubois Moreau Rossi Ferrari Bianchi García "
    "Fernández López Jansen Visser Gruber Smith Taylor"
)
STREETS = (
    "Atatürk Cad.",
    "Cumhuriyet Cad.",
    "İnönü Cad.",
    "Gazi Sok.",
    "Çiçek Sok.",
    "Bağdat Cad.",
    "İstiklal Cad.",
    "Zafer Sok.",
    "Barış Sok.",
    "Lale Sok.",
    "Menekşe Sok.",
    "Okul Cad.",
    "Sahil Yolu",
    "Yeni Cad.",
    "Fatih Cad.",
    "Mimar Sinan Cad.",
)
EUROPEAN_STREETS = (
    "Hauptstraße",
    "Bahnhofstraße",
    "Gartenweg",
    "Rue Victor Hugo",
    "Rue de la Paix",
    "Via Roma",
    "Via Garibaldi",
    "Calle Mayor",
    "High Street",
    "Kerkstraat",
)
LANGUAGES = {"try": "tr-tr", "eur": "de-de", "usd": "en-us", "gbp": "en-gb"}

_ASCII = str.maketrans("çğıöşüéíáößÇĞİÖŞÜ", "cgiosueiaosCGIOSU")


def mailbox(first_name: str, last_name: str) -> str:
    """The part of an e-mail address before the number that makes it unique."""
    return f"{first_name}.{last_name}".translate(_ASCII).lower()
