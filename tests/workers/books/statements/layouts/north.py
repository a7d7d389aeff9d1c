# ruff: noqa: RUF001 - letters that look like Latin ones are what banks of these countries print
"""Northern Europe."""

from __future__ import annotations

from tests.workers.books.statements.layouts.layout import Layout

LAYOUTS = {
    "Estonia, D and K": Layout(
        '"Kliendi konto";"Reatüüp";"Kuupäev";"Saaja/Maksja";"Selgitus";"Summa";"Valuuta";'
        '"Deebet/Kreedit";"Arhiveerimistunnus";"Tehingu tüüp"\n'
        '"EE000000000000000001";"10";"01.02.2018";"";"Algsaldo";"100,00";"EUR";"K";"";"AS"\n'
        '"EE000000000000000001";"20";"05.02.2018";"SININE UKS";"kohv";"4,50";"EUR";"D";"2018020501";"K"\n'
        '"EE000000000000000001";"20";"06.02.2018";"ACME";"arve";"1200,00";"EUR";"K";"2018020601";"MK"\n'
        '"EE000000000000000001";"82";"28.02.2018";"";"Käive";"4,50";"EUR";"D";"";"K2"\n'
        '"EE000000000000000001";"86";"28.02.2018";"";"lõppsaldo";"1295,50";"EUR";"K";"";"LS"\n',
        "2018-02-05 -4.50; 2018-02-06 1200.00",
        "EUR",
    ),
    "Lithuania": Layout(
        '"SĄSKAITOS NR.","","DATA","MOKĖTOJAS/GAVĖJAS","MOKĖJIMO PASKIRTIS","SUMA","VALIUTA","D/K"\n'
        '"LT000000000000000001","","2018-02-05","MĖLYNOS DURYS","kava","4.50","EUR","D"\n'
        '"LT000000000000000001","","2018-02-03","ACME","sąskaita","1200.00","EUR","K"\n',
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "EUR",
    ),
    "Finland, tabs and a title": Layout(
        "Tilinumero\tFI0000000000000001\n"
        "\n"
        "Kirjauspäivä\tArvopäivä\tMaksupäivä\tMäärä\tSaaja/Maksaja\tTilinumero\tBIC\tTapahtuma\tViite\t"
        "Maksajan viite\tViesti\tKortinnumero\tKuitti\t\n"
        "\n"
        "05.02.2018\t05.02.2018\t05.02.2018\t-4,50\tSININEN OVI\t\t\tKorttiosto\t\t\t\t\t\t\n"
        "\n"
        "03.02.2018\t03.02.2018\t03.02.2018\t1200,00\tACME\tFI01\tX\tPano\t\t\t\t\t\t\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
    ),
    "Finland, MÄÄRÄ EUROA": Layout(
        "Kirjauspäivä;Arvopäivä;Määrä EUROA;Laji;Selitys;Saaja/Maksaja;"
        "Saajan tilinumero ja pankin BIC;Viite;Viesti;Arkistointitunnus\n"
        "05.02.2018;05.02.2018;-4,50;162;PKORTTIMAKSU;SININEN OVI;;ref=;'kahvi';2018020500001\n"
        "03.02.2018;03.02.2018;1200,00;710;TILISIIRTO;ACME;;ref=;'lasku';2018020300001\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "EUR",
        "cp1252",
    ),
    "Sweden, a star line": Layout(
        "* Transaktionsrapport Period 2018-02-01 – 2018-02-28 Skapad 2018-02-28 10:11 CET\n"
        "Radnummer,Clearingnummer,Kontonummer,Produkt,Valuta,Bokföringsdag,Transaktionsdag,Valutadag,"
        "Referens,Beskrivning,Belopp,Bokfört saldo\n"
        '1,00001,0000000001,"Privatkonto",SEK,2018-02-05,2018-02-04,2018-02-05,"BLÅ DÖRR","BLÅ DÖRR",'
        "-4.50,1195.50\n"
        '2,00001,0000000001,"Privatkonto",SEK,2018-02-03,2018-02-03,2018-02-03,"ACME","ACME",1200.00,'
        "1200.00\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "SEK",
    ),
    "Sweden, Saldo and Belopp": Layout(
        "Bokföringsdag;Belopp;Avsändare;Mottagare;Namn;Rubrik;Saldo;Valuta\n"
        "2018/02/05;-4,50;0001;;;BLÅ DÖRR;1195,50;SEK\n"
        "2018/02/03;1200,00;;0001;;ACME;1200,00;SEK\n"
        "Reserverat;-9,00;0001;;;HÅLL;;SEK\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "SEK",
    ),
    "Norway, Ut and Inn": Layout(
        '"Dato";"Forklaring";"Rentedato";"Ut fra konto";"Inn på konto"\n'
        '"05.02.2018";"BLÅ DØR";"05.02.2018";"4,50";""\n'
        '"03.02.2018";"ACME";"03.02.2018";"";"1.200,00"\n',
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        None,
        "cp1252",
    ),
    "Norway, dots and kroner": Layout(
        "Utført dato\tBokført dato\tRentedato\tBeskrivelse\tType\tUndertype\tFra konto\tTil konto\tBeløp "
        "inn\tBeløp ut\tValuta\tStatus\n"
        "05.02.2018\t05.02.2018\t05.02.2018\tBLÅ DØR\tBetaling\tVarekjøp\t0001\t\t\t-4,50\tNOK\tBokført\n"
        "03.02.2018\t03.02.2018\t03.02.2018\tACME\tInnbetaling\t\t\t0001\t1200,00\t\tNOK\tBokført\n"
        "06.02.2018\t\t\tHOLD\tBetaling\tReservasjon\t0001\t\t\t-9,00\tNOK\tReservert\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "NOK",
    ),
    "Denmark, statuses": Layout(
        '"Dato";"Tekst";"Beløb";"Saldo";"Status";"Afstemt"\n'
        '"03.02.2018";"ACME";"1.200,00";"1.200,00";"Udført";"Nej"\n'
        '"05.02.2018";"BLÅ DØR";"-4,50";"1.195,50";"Udført";"Nej"\n'
        '"09.02.2018";"HUSLEJE";"-9,00";"";"Venter";"Nej"\n',
        "2018-02-03 1200.00; 2018-02-05 -4.50",
        None,
        "cp1252",
    ),
    "Denmark, no header": Layout(
        '"05-02-2018","BLÅ DØR","-4,50","1.195,50"\n"03-02-2018","ACME","1.200,00","1.200,00"\n',
        "2018-02-05 -4.50; 2018-02-03 1200.00",
    ),
    "Iceland": Layout(
        "Dags;Vaxtadags;Tilvísun;Skýring;Texti;Upphæð;Staða\n"
        "05.02.2018;05.02.2018;1;Kort;BLÁ HURÐ;-450;119.550\n"
        "03.02.2018;03.02.2018;2;Millifært;ACME;120.000;120.000\n",
        "2018-02-05 -450; 2018-02-03 120000",
    ),
    "Sweden, securities and brokerage": Layout(
        "Datum;Konto;Typ av transaktion;Värdepapper/beskrivning;Antal;Kurs;Belopp;Courtage;Valuta;ISIN\n"
        "2018-02-05;12345;Köp;BLÅ DÖRR AB;10;45,00;-451,00;1,00;SEK;SE00\n"
        "2018-02-03;12345;Insättning;Överföring;-;-;1200,00;-;SEK;-\n",
        "2018-02-05 -451.00; 2018-02-03 1200.00",
        "SEK",
    ),
    "Sweden, kronor behind each number": Layout(
        "Datum;Text;Typ;Budgetgrupp;Belopp;Saldo\n"
        "2018-02-05;BLÅ DÖRR;Korttransaktion;Mat;-4,50 kr;1 195,50 kr\n"
        "2018-02-03;ACME;Insättning;Lön;1 200,00 kr;1 200,00 kr\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
    ),
    "Norway, dates above, UT FRA and INN PÅ": Layout(
        "\ufeffFra dato;01.02.2018\n"
        "Til dato;28.02.2018\n"
        "\n"
        "\n"
        "BOKFØRINGSDATO;RENTEDATO;ARKIVREFERANSE;TYPE;TEKST;UT FRA KONTO;INN PÅ KONTO;\n"
        "05.02.2018;05.02.2018;1234;VARER;BLÅ DØR;-4,50;;\n"
        "03.02.2018;03.02.2018;1235;LØNN;ACME;;1200,00;\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
    ),
    "Estonia in English": Layout(
        '"Customer account no","Document no","Date","Sender/receiver account","Sender/receiver name",'
        '"Sender bank code","Empty","Debit/Credit (D/C)","Amount","Reference number",'
        '"Archiving code","Description","Fee","Currency","Personal code or register code",'
        '"Sender/receiver bank BIC"\n'
        '"EE000000000000000001","","2018-02-05","","BLUE DOOR","","","D","-4.50","","A1","coffee",'
        '"0.00","EUR","",""\n'
        '"EE000000000000000001","1","2018-02-03","EE01","ACME","X","","C","1200.00","","A2",'
        '"invoice","0.00","EUR","1","X"\n',
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "EUR",
    ),
}
