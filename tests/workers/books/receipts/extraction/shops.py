"""Invented receipts of many countries and trades, each with what it says."""

from __future__ import annotations

from typing import NamedTuple


class Shop(NamedTuple):
    text: str
    vendor: str
    date: str
    total: str
    currency: str | None


SHOPS = {
    "us_restaurant": Shop(
        """
^        Copper Kettle Grill
       1420 Harbor View Blvd
        Portland, OR 97209
          (503) 555-0142
Server: Dana            Table 14
Check #: 20418        Guests: 3
03/07/2024             7:42 PM
2 Fish Tacos               27.90
1 Caesar Salad             11.50
3 Iced Tea                 10.50
Subtotal                   49.90
Tax                         4.12
Total                      54.02
Suggested Tip:
15% = 7.49   18% = 8.98   20% = 9.98
Tip    ______________
Total  ______________
    Thank you, come again!
""",
        "Copper Kettle Grill", "2024-03-07", "54.02", "USD",
    ),
    "us_tip_paid": Shop(
        """
^      Marlowe's Tavern
   88 W 4th St New York, NY 10012
        212-555-0199
Date: Jun 3, 2023   9:15 PM
VISA XXXXXXXXXXXX4417
Auth Code: 04512B
Amount            $86.40
Tip               $15.55
Total            $101.95
     CUSTOMER COPY
""",
        "Marlowe's Tavern", "2023-06-03", "101.95", "USD",
    ),
    "us_shop": Shop(
        """
^     Brightway Market
     Store #118  Austin, TX 78704
       512-555-0111
MILK 2%               3.49 F
BANANAS 2.1 lb @ 0.59/lb
                      1.24 F
PAPER TOWELS          8.99 T
SUBTOTAL             13.72
TAX 8.25%             0.74
TOTAL                14.46
VISA ************0071
                     14.46
CHANGE DUE            0.00
ITEMS SOLD 3
YOU SAVED $2.10
10/28/23  14:05:11
Tell us: survey by 11/30/23
""",
        "Brightway Market", "2023-10-28", "14.46", "USD",
    ),
    "uk": Shop(
        """
^   THE CROOKED SPOON
 12 Mill Lane, Bath BA1 5QX
  VAT No: 123 4567 89
25/02/2024 12:31
1 x Flat White        £3.40
2 x Toastie           £13.00
TOTAL                £16.40
Contactless          £16.40
VAT @ 20%             £2.73
""",
        "The Crooked Spoon", "2024-02-25", "16.40", "GBP",
    ),
    "au": Shop(
        """
^   Wattle Street Hardware
   Pty Ltd  ABN 12 345 678 901
   45 Wattle St Ultimo NSW 2007
TAX INVOICE
Date 04/03/2024 Time 10:20
Hose fitting           12.50
Paint 4L               64.00
Total (inc GST)       $76.50
GST included            6.95
EFTPOS                $76.50
""",
        "Wattle Street Hardware Pty Ltd", "2024-03-04", "76.50", "AUD",
    ),
    "my_rounding": Shop(
        """
    SERI MELUR TRADING SDN BHD
         (884213-K)
  12, JALAN BUNGA 3, 43000 KAJANG
     GST NO: 000123456789
        TAX INVOICE
INV NO: A10442   14/08/2017 18:22
A4 PAPER 2 x 11.61      23.22
TOTAL EXCL GST          23.22
GST 6%                   1.39
TOTAL INCL GST          24.61
ROUNDING ADJ            -0.01
NET TOTAL               24.60
CASH                    50.00
CHANGE                  25.40
""",
        "SERI MELUR TRADING SDN BHD", "2017-08-14", "24.60", "MYR",
    ),
    "de": Shop(
        """
^        Blumen Ahrens
     Lindenstr. 4, 21335 Lueneburg
       Tel. 04131 / 55501
Rosen 10 St.            14,90 B
Vase                     9,99 A
Summe EUR               24,89
Bar                     30,00
Rückgeld                 5,11
MwSt   Netto   Steuer   Brutto
A 19%   8,39    1,60     9,99
B  7%  13,93    0,97    14,90
Bon-Nr. 5512   17.05.2019 16:48
""",
        "Blumen Ahrens", "2019-05-17", "24.89", "EUR",
    ),
    "fr": Shop(
        """
^   Boulangerie Perrin
  8 rue des Lilas 69003 Lyon
Le 21/09/2022 a 08:14
2 Baguette              2,40
1 Tarte                18,00
TOTAL TTC              20,40 €
Carte bancaire         20,40
TVA 5,5 %               1,06
""",
        "Boulangerie Perrin", "2022-09-21", "20.40", "EUR",
    ),
    "ca": Shop(
        """
^  Maple Ridge Outfitters
 210 Queen St W Toronto ON M5V 1Z4
2024-01-15 17:03
Wool socks            24.00
Subtotal              24.00
HST 13%                3.12
Total                 27.12
Mastercard            27.12
""",
        "Maple Ridge Outfitters", "2024-01-15", "27.12", "CAD",
    ),
    "sg_service_charge": Shop(
        """
^   Golden Lotus Kitchen
    Pte Ltd
 Singapore 049315
Bill No: 7781  11 Dec 2023 20:44
Laksa                 12.00
Fried Rice            15.00
Subtotal              27.00
Service Charge 10%     2.70
GST 8%                 2.38
Total                S$32.08
""",
        "Golden Lotus Kitchen Pte Ltd", "2023-12-11", "32.08", "SGD",
    ),
}  # fmt: skip
