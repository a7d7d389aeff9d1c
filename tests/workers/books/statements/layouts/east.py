# ruff: noqa: RUF001 - letters that look like Latin ones are what banks of these countries print
"""Eastern and South-eastern Europe."""

from __future__ import annotations

from tests.workers.books.statements.layouts.layout import Layout

LAYOUTS = {
    "Turkey": Layout(
        "Hesap No:;1234-5678901\n"
        "Tarih Aralığı:;01.02.2018-28.02.2018\n"
        "\n"
        "Tarih;Açıklama;Etiket;Tutar;Bakiye;Dekont No\n"
        "05.02.2018;MAVİ KAPI;Market;-4,50;1.195,50;D1\n"
        "03.02.2018;ACME;Diğer;1.200,00;1.200,00;D2\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
    ),
    "Greece": Layout(
        "Α/Α;Ημ/νία;Αιτιολογία;Κατάστημα;Τοκισμός από;Αρ. συναλλαγής;Ποσό;Πρόσημο ποσού\n"
        "1;05/02/2018;ΜΠΛΕ ΠΟΡΤΑ;099;05/02/2018;1;4,50;Χ\n"
        "2;13/02/2018;ACME;099;13/02/2018;2;1.200,00;Π\n",
        "2018-02-05 -4.50; 2018-02-13 1200.00",
    ),
    "Poland, hashes, a long preamble, a closing row": Layout(
        "Bank;\n"
        "\n"
        "#Klient;\n"
        "ANN OTHER;\n"
        "\n"
        "Lista operacji;\n"
        "\n"
        "#Za okres:;\n"
        "01.02.2018;28.02.2018;\n"
        "\n"
        "#zgodnie z wybranymi filtrami wyszukiwania;\n"
        "#dla rachunków:;\n"
        "eKonto - 00000000000000000000000001;\n"
        "\n"
        "#Waluta;#Wpływy;#Wydatki;\n"
        "PLN;1 200,00;-4,50;\n"
        "\n"
        "#Data operacji;#Data księgowania;#Opis operacji;#Tytuł;#Nadawca/Odbiorca;#Numer konta;"
        "#Kwota;#Saldo po operacji;\n"
        '2018-02-03;2018-02-03;PRZELEW;"FAKTURA";"ACME";\'\';1 200,00;1 200,00;\n'
        '2018-02-05;2018-02-05;ZAKUP;"KAWA";"NIEBIESKIE DRZWI";\'\';-4,50;1 195,50;\n'
        ";;;;;;#Saldo końcowe;1 195,50 PLN;\n",
        "2018-02-03 1200.00; 2018-02-05 -4.50",
        "PLN",
        "cp1250",
    ),
    "Poland, two amounts and their currencies": Layout(
        '"Data transakcji";"Data księgowania";"Dane kontrahenta";"Tytuł";"Nr rachunku";"Nazwa banku";'
        '"Szczegóły";"Nr transakcji";"Kwota transakcji (waluta rachunku)";"Waluta";'
        '"Kwota blokady/zwolnienie blokady";"Waluta";"Kwota płatności w walucie";"Waluta";"Konto";'
        '"Saldo po transakcji";"Waluta"\n'
        "2018-02-05;2018-02-05;NIEBIESKIE DRZWI;KAWA;;;;'1';-4,50;PLN;;;;;Konto;1195,50;PLN\n"
        "2018-02-03;2018-02-03;ACME;FAKTURA;;;;'2';1200,00;PLN;;;;;Konto;1200,00;PLN\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "PLN",
    ),
    "Czechia, points in dates and blanks in numbers": Layout(
        '"číslo účtu";"datum zaúčtování";"částka";"měna";"zůstatek";"číslo protiúčtu";'
        '"název protiúčtu";"zpráva pro příjemce";"VS"\n'
        '"123/0100";"5. 2. 2018";"-4,50";"CZK";"1 195,50";"";"MODRÉ DVEŘE";"káva";"1"\n'
        '"123/0100";"3. 2. 2018";"1 200,00";"CZK";"1 200,00";"";"ACME";"faktura";"2"\n',
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "CZK",
        "cp1250",
    ),
    "Slovakia, kredit and debet": Layout(
        "Dátum splatnosti,Dátum zaúčtovania,Suma,Mena,Kredit/Debet,Protiúčet,Názov protiúčtu,Popis\n"
        '05.02.2018,05.02.2018,"4,50",EUR,Debet,,MODRÉ DVERE,káva\n'
        '03.02.2018,03.02.2018,"1200,00",EUR,Kredit,,ACME,faktúra\n',
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "EUR",
    ),
    "Hungary, dotted dates and whole numbers": Layout(
        "Könyvelés dátuma;Értéknap;Közlemény;Terhelés;Jóváírás;Egyenleg;Devizanem\n"
        "2018.02.05.;2018.02.05.;KÉK AJTÓ;450;;119550;HUF\n"
        "2018.02.03.;2018.02.03.;ACME;;120000;120000;HUF\n",
        "2018-02-05 -450; 2018-02-03 120000",
        "HUF",
    ),
    "Hungary, T and J, no header": Layout(
        '"11700000-00000001";"T";"-450";"HUF";"20180205";"20180205";"119550";"";"KÉK AJTÓ";"kávé";"";'
        '"";"Vásárlás";\n'
        '"11700000-00000001";"J";"120000";"HUF";"20180206";"20180206";"239550";"";"ACME";"számla";"";'
        '"";"Átutalás";\n',
        "2018-02-05 -450; 2018-02-06 120000",
        "HUF",
    ),
    "Romania": Layout(
        "Data tranzactie,Data valuta,Descriere,Referinta tranzactiei,Debit,Credit,Sold contabil\n"
        '2018-02-05,2018-02-05,"POS USA ALBASTRA",R1,-4.50,,"1,195.50"\n'
        '2018-02-03,2018-02-03,"Incasare ACME",R2,,"1,200.00","1,200.00"\n',
        "2018-02-05 -4.50; 2018-02-03 1200.00",
    ),
    "Croatia": Layout(
        "Datum izvršenja;Opis plaćanja;Isplata;Uplata;Stanje\n"
        "05.02.2018.;PLAVA VRATA;4,50;;1.195,50\n"
        "03.02.2018.;ACME;;1.200,00;1.200,00\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
    ),
    "Slovenia": Layout(
        "Datum valute;Datum knjiženja;Namen;Breme;Dobro;Valuta;Referenca\n"
        "05.02.2018;05.02.2018;MODRA VRATA;4,50;;EUR;1\n"
        "03.02.2018;03.02.2018;ACME;;1.200,00;EUR;2\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "EUR",
    ),
    "Russia, statuses and two amounts": Layout(
        '"Дата операции";"Дата платежа";"Номер карты";"Статус";"Сумма операции";"Валюта операции";'
        '"Сумма платежа";"Валюта платежа";"Кэшбэк";"Категория";"MCC";"Описание";"Бонусы (включая кэшбэк)"\n'
        '"05.02.2018 10:11:12";"06.02.2018";"*1234";"OK";"-5,00";"EUR";"-350,00";"RUB";"";"Кафе";'
        '"5814";"Синяя дверь";"3,00"\n'
        '"04.02.2018 10:11:12";"";"*1234";"FAILED";"-5,00";"RUB";"-5,00";"RUB";"";"Кафе";"5814";'
        '"Синяя дверь";"0,00"\n'
        '"03.02.2018 09:00:00";"03.02.2018";"";"OK";"1200,00";"RUB";"1200,00";"RUB";"";"Пополнения";'
        '"";"Акме";"0,00"\n',
        "2018-02-06 -350.00; 2018-02-03 1200.00",
        "RUB",
        "cp1251",
    ),
    "Russia, income and expense": Layout(
        "Тип счёта;Номер счета;Валюта;Дата операции;Референс проводки;Описание операции;Приход;Расход;\n"
        "Текущий счёт;40817810000000000001;RUR;05.02.18;CRD_1;СИНЯЯ ДВЕРЬ;0;4,5;\n"
        "Текущий счёт;40817810000000000001;RUR;03.02.18;B1;АКМЕ;1200;0;\n",
        "2018-02-05 -4.5; 2018-02-03 1200",
        "RUR",
        "cp1251",
    ),
    "Ukraine": Layout(
        '"Дата i час операції","Деталі операції",MCC,"Сума в валюті картки (UAH)",'
        '"Сума в валюті операції",Валюта,Курс,"Сума комісій (UAH)","Сума кешбеку (UAH)",'
        '"Залишок після операції"\n'
        '"05.02.2018 10:11:12","Сині двері",5814,-4.5,-4.5,UAH,"—","—","—",1195.5\n'
        '"03.02.2018 09:00:00","Акме",4829,1200.0,1200.0,UAH,"—","—","—",1200.0\n',
        "2018-02-05 -4.5; 2018-02-03 1200.0",
        "UAH",
    ),
    "Bulgaria": Layout(
        "Дата;Дата на вальор;Дебит;Кредит;Основание;Салдо\n"
        "05.02.2018;05.02.2018;4.50;;СИНЯТА ВРАТА;1195.50\n"
        "03.02.2018;03.02.2018;;1200.00;АКМЕ;1200.00\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        None,
        "cp1251",
    ),
    "Poland, descriptions in columns without a name": Layout(
        '"Data operacji","Data waluty","Typ transakcji","Kwota","Waluta","Saldo po transakcji",'
        '"Opis transakcji","","","",""\n'
        '"2018-02-05","2018-02-04","Płatność kartą","-4.50","PLN","+1195.50","Tytuł: 00",'
        '"Lokalizacja: NIEBIESKIE DRZWI","","",""\n'
        '"2018-02-03","2018-02-03","Przelew","+1200.00","PLN","+1200.00","Rachunek: 1","Nazwa: ACME",'
        '"Tytuł: F","",""\n',
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "PLN",
        "cp1250",
    ),
    "Poland, obciążenia and uznania": Layout(
        "Numer rachunku/karty,Data transakcji,Data rozliczenia,Rodzaj transakcji,Na konto/Z konta,"
        "Odbiorca/Zleceniodawca,Opis,Obciążenia,Uznania,Saldo,Waluta\n"
        '"PL00 0001","2018-02-04","2018-02-05","TRANSAKCJA KARTĄ","","","NIEBIESKIE DRZWI","-4.50",'
        '"","1195.50","PLN"\n'
        '"PL00 0001","2018-02-03","2018-02-03","PRZELEW","1","ACME","F","","1200.00","1200.00","PLN"\n',
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "PLN",
    ),
    "Poland, criteria above, two amounts": Layout(
        "Kryteria transakcji: rachunek: ;00 0001; Zakres dat:; od ;01-02-2018; do ;28-02-2018\n"
        "Data transakcji;Data księgowania;Nazwa nadawcy;Nazwa odbiorcy;Szczegóły transakcji;"
        "Kwota operacji;Waluta operacji;Kwota w walucie rachunku;Waluta rachunku;"
        "Numer rachunku nadawcy;Numer rachunku odbiorcy\n"
        "04-02-2018;05-02-2018;ANN;NIEBIESKIE DRZWI;KAWA;-1,00;EUR;-4,50;PLN;1;2\n"
        "03-02-2018;03-02-2018;ACME;ANN;F;1200,00;PLN;1200,00;PLN;2;1\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "PLN",
    ),
    "Poland, no header, a line of sums first": Layout(
        '2018-02-28,01-02-2018,\'00 1234 0000 0000 0000 0000 0001,OTHER ANN,PLN,"0,00","1195,50",2,\n'
        '05-02-2018,04-02-2018,NIEBIESKIE DRZWI,KAWA,,"-4,50","1195,50",2,\n'
        '03-02-2018,03-02-2018,ACME,FAKTURA,00 1,"1200,00","1200,00",1,\n',
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "PLN",
    ),
    "Czechia, facts in English above": Layout(
        '"accountId";"12345"\n'
        '"bankId";"2010"\n'
        '"currency";"CZK"\n'
        '"iban";"CZ0000000000000000000001"\n'
        '"openingBalance";"0,00"\n'
        '"closingBalance";"1195,50"\n'
        '"dateStart";"01.02.2018"\n'
        '"dateEnd";"28.02.2018"\n'
        "\n"
        '"ID operace";"Datum";"Objem";"Měna";"Protiúčet";"Název protiúčtu";"Kód banky";"Název banky";'
        '"KS";"VS";"SS";"Poznámka";"Zpráva pro příjemce";"Typ";"Provedl";"Upřesnění";"Poznámka";'
        '"BIC";"ID pokynu"\n'
        '"1000001";"03.02.2018";"1200,00";"CZK";"1";"ACME";"0100";"X";"";"";"";"";"";"Příjem";"";"";'
        '"";"";"1"\n'
        '"1000002";"05.02.2018";"-4,50";"CZK";"";"";"";"";"";"";"";"MODRÉ DVEŘE";"";"Platba kartou";'
        '"";"";"";"";"2"\n'
        '"Suma";"";"1195,50"\n',
        "2018-02-03 1200.00; 2018-02-05 -4.50",
        "CZK",
    ),
    "Czechia, a long preamble": Layout(
        "MojeBanka, export transakční historie;\n"
        "Datum vytvoření souboru;28.02.2018;\n"
        ";\n"
        "\n"
        "Číslo účtu;000000-0000000001;\n"
        "IBAN;CZ0000000000000000000001;\n"
        "Název účtu;ANN OTHER;\n"
        "Měna účtu;CZK;\n"
        ";;\n"
        "Výpis za období;01.02.2018;28.02.2018\n"
        "Číslo výpisu;;2\n"
        "\n"
        "Počáteční zůstatek;;0,00\n"
        "Konečný zůstatek;;1195,50\n"
        "\n"
        "Počet položek;;2\n"
        "\n"
        "Datum splatnosti;Datum odepsání z jiné banky;Protiúčet/Kód banky;Název protiúčtu;Částka;"
        "Originální částka;Originální měna;Kurz;VS;KS;SS;Identifikace transakce;Systémový popis;"
        "Popis příkazce;Popis pro příjemce;AV pole 1\n"
        "05.02.2018;;;;-4,50;;;;1;;;002;NÁKUP;MODRÉ DVEŘE;;\n"
        "03.02.2018;02.02.2018;1/0100;ACME;1200,00;;;;2;;;001;PŘÍCHOZÍ;F;;\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "CZK",
        "cp1250",
    ),
    "Hungary, tabs": Layout(
        "könyvelés dátuma\ttranzakció azonosító\ttípus\tkönyvelési számla\tkönyvelési számla elnevezése\t"
        "partner számla\tpartner elnevezése\tösszeg\tösszeg devizaneme\tközlemény\n"
        "2018.02.05\tA1\tVásárlás\t1040\tX\t\tKÉK AJTÓ\t-450\tHUF\tkávé\n"
        "2018.02.03\tA2\tÁtutalás\t1040\tX\t1\tACME\t120 000\tHUF\tszámla\n",
        "2018-02-05 -450; 2018-02-03 120000",
        "HUF",
    ),
    "Romania, lines below and months by name": Layout(
        "Titular cont:,,,,,,,\n"
        "Ann Other,,,,,,,\n"
        ",,,,,,,\n"
        "Data,,,Detalii tranzactie,,,Debit,Credit\n"
        '05 februarie 2018,,,Cumparare POS,,,"4,50",\n'
        ",,,Terminal: USA ALBASTRA,,,,\n"
        ",,,Data: 04-02-2018,,,,\n"
        '03 februarie 2018,,,Incasare,,,,"1.200,00"\n'
        ",,,Ordonator: ACME,,,,\n"
        'Sold initial,,,,,,,"0,00"\n'
        'Sold final,,,,,,,"1.195,50"\n',
        "2018-02-05 -4.50; 2018-02-03 1200.00",
    ),
    "Poland, the day of the purchase before the day it was booked": Layout(
        "#Data operacji;#Data księgowania;#Opis operacji;#Kwota;#Saldo po operacji;\n"
        "2018-02-03;2018-02-05;ZAKUP;-4,50;1 195,50;\n"
        "2018-02-06;2018-02-06;PRZELEW;1 200,00;2 395,50;\n",
        "2018-02-05 -4.50; 2018-02-06 1200.00",
        encoding="cp1250",
    ),
}
