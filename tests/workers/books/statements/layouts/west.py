"""Western Europe."""

from __future__ import annotations

from tests.workers.books.statements.layouts.layout import Layout

LAYOUTS = {
    "Germany, title lines, footer of balances": Layout(
        '"Kontonummer:";"DE00123456780000000000 / Girokonto";\n'
        "\n"
        '"Von:";"01.02.2018";\n'
        '"Bis:";"28.02.2018";\n'
        '"Kontostand vom 28.02.2018:";"1.234,56 EUR";\n'
        "\n"
        '"Buchungstag";"Wertstellung";"Buchungstext";"Auftraggeber / Begünstigter";'
        '"Verwendungszweck";"Kontonummer";"BLZ";"Betrag (EUR)";"Gläubiger-ID";"Mandatsreferenz";'
        '"Kundenreferenz";\n'
        '"05.02.2018";"05.02.2018";"Lastschrift";"BLAUE TÜR";"Kaffee";"DE00";"XX";"-4,50";"DE98";"M1";"R1";\n'
        '"03.02.2018";"03.02.2018";"Gutschrift";"ACME";"Rechnung 7";"DE01";"XX";"1.200,00";"";"";"";\n',
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "EUR",
        "cp1252",
    ),
    "Germany, S and H in a column without a name, balances as rows": Layout(
        "Umsatzanzeige\n"
        "\n"
        "BLZ:;12345678;;Datum:;12.03.2018\n"
        "Konto:;1234567;;Uhrzeit:;10:11:12\n"
        "Abfrage von:;Ann Other;;Kontoinhaber:;Ann Other\n"
        "\n"
        "Zeitraum:;;von:;01.03.2018;bis:;12.03.2018\n"
        "\n"
        "\n"
        '"Buchungstag";"Valuta";"Auftraggeber/Zahlungsempfänger";"Empfänger/Zahlungspflichtiger";'
        '"Konto-Nr.";"IBAN";"BLZ";"BIC";"Vorgang/Verwendungszweck";"Kundenreferenz";"Währung";"Umsatz";" "\n'
        '"09.03.2018";"09.03.2018";"Ann";"Blaue Tür";"";"";"";"";"Kaffee";"";"EUR";"4,50";"S"\n'
        '"02.03.2018";"02.03.2018";"Ann";"Acme";"";"";"";"";"Rechnung";"";"EUR";"1.200,00";"H"\n'
        "\n"
        '"01.03.2018";;;;;;;;;"Anfangssaldo";"EUR";"100,00";"H"\n'
        '"12.03.2018";;;;;;;;;"Endsaldo";"EUR";"1.295,50";"H"\n',
        "2018-03-09 -4.50; 2018-03-02 1200.00",
        "EUR",
        "cp1252",
    ),
    "Germany in English, months first, old and new balance": Layout(
        "Transactions Current Account;;;Customer number: 100 1234567\n"
        "11/20/2017 - 12/20/2017\n"
        "Old balance:;;;;100.00;EUR\n"
        "Transactions pending are not included in this report.\n"
        "Booking date;Value date;Transaction Type;Beneficiary / Originator;Payment Details;"
        "IBAN / Account Number;BIC;Customer Reference;Mandate Reference ;Creditor ID;"
        "Compensation amount;Original Amount;Ultimate creditor;Number of transactions;"
        "Number of cheques;Debit;Credit;Currency\n"
        "12/04/2017;12/05/2017;SEPA Direct Debit;Blue Door;Coffee;DE12;XX;;;;;;;1;;-4.50;;EUR\n"
        "12/06/2017;12/06/2017;Credit;Acme;Invoice;DE13;XX;;;;;;;1;;;1,200.00;EUR\n"
        "Account balance;12/20/2017;;;1,295.50;EUR\n",
        "2017-12-04 -4.50; 2017-12-06 1200.00",
        "EUR",
    ),
    "Austria, no header, the IBAN first": Layout(
        'AT000000000000000001;"Bezahlung Karte BLAUE TÜR";05.02.2018;05.02.2018;-4,50;EUR\n'
        'AT000000000000000001;"Gutschrift ACME";03.02.2018;03.02.2018;+1.200,00;EUR\n',
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "EUR",
    ),
    "Austria, time stamps and ids, no header": Layout(
        "02.03.2018;Kaffee BLAUE TÜR;02.03.2018;-4,50;EUR;02.03.2018 05:12:11:123\n"
        "05.03.2018;Gehalt;05.03.2018;1.200,00;EUR;05.03.2018 04:10:01:001\n",
        "2018-03-02 -4.50; 2018-03-05 1200.00",
        "EUR",
        "cp1252",
    ),
    "Switzerland, debit and credit with their currency, details below": Layout(
        '"Datum";"Buchungstext";"Whg";"Betrag Detail";"ZKB-Referenz";"Referenznummer";'
        '"Belastung CHF";"Gutschrift CHF";"Valuta";"Saldo CHF"\n'
        '"05.02.2018";"Belastung eBanking Mobile: Blaue Tür";"";"";"L1";"";"4.50";"";"05.02.2018";"1195.50"\n'
        '"05.02.2018";"Sammelauftrag (2)";"";"";"L2";"";"100.00";"";"05.02.2018";"1200.00"\n'
        '"";"Blaue Tür";"CHF";"60.00";"";"";"";"";"";""\n'
        '"";"Grüne Tür";"CHF";"40.00";"";"";"";"";"";""\n'
        '"03.02.2018";"Gutschrift Acme";"";"";"L3";"";"";"1300.00";"03.02.2018";"1300.00"\n',
        "2018-02-05 -4.50; 2018-02-05 -100.00; 2018-02-03 1300.00",
        "CHF",
    ),
    "Switzerland, preamble and a disclaimer": Layout(
        "Kontonummer:;0123 00123456.01;\n"
        "IBAN:;CH00 0012 3000 1234 5601 A;\n"
        "Von:;2018-02-01;\n"
        "Bis:;2018-02-28;\n"
        "Anfangssaldo:;0.00;\n"
        "Schlusssaldo:;1195.50;\n"
        "Bewertet in:;CHF;\n"
        "Anzahl Transaktionen in diesem Zeitraum:;2;\n"
        "\n"
        "Abschlussdatum;Abschlusszeit;Buchungsdatum;Valutadatum;Währung;Belastung;Gutschrift;"
        "Einzelbetrag;Saldo;Transaktions-Nr.;Beschreibung1;Beschreibung2;Beschreibung3;Fussnoten;\n"
        '2018-02-05;12:00:01;2018-02-05;2018-02-05;CHF;-4.50;;;1195.50;1234TI;"Blaue Tür";"Kaffee";;;\n'
        '2018-02-03;;2018-02-03;2018-02-03;CHF;;1200.00;;1200.00;1235TI;"Acme";"Rechnung";;;\n',
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "CHF",
    ),
    "Netherlands, Af Bij and yyyymmdd": Layout(
        '"Datum","Naam / Omschrijving","Rekening","Tegenrekening","Code","Af Bij","Bedrag (EUR)",'
        '"MutatieSoort","Mededelingen"\n'
        '"20180205","BLAUWE DEUR","NL00BANK0123456789","","BA","Af","4,50","Betaalautomaat","Pasvolgnr:002"\n'
        '"20180203","ACME","NL00BANK0123456789","NL01BANK0123456780","OV","Bij","1200,00",'
        '"Overschrijving","Factuur 7"\n',
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "EUR",
    ),
    "Netherlands, tabs, two balances, no header": Layout(
        "123456789\tEUR\t20180205\t1200,00\t1195,50\t20180205\t-4,50\tBEA NR:123 BLAUWE DEUR\n"
        "123456789\tEUR\t20180206\t1195,50\t1245,50\t20180206\t50,00\tSEPA Overboeking ACME\n",
        "2018-02-05 -4.50; 2018-02-06 50.00",
        "EUR",
    ),
    "Netherlands, one line between its two balances": Layout(
        "123456789\tEUR\t20180205\t1200,00\t1195,50\t20180205\t-4,50\tBEA NR:123 BLAUWE DEUR\n",
        "2018-02-05 -4.50",
        "EUR",
    ),
    "Netherlands, Debet Credit, no header": Layout(
        '"05-02-2018","NL00BANK0123456789","4,50","Debet","BLAUWE DEUR","","BA","kaffie",\n'
        '"13-02-2018","NL00BANK0123456789","1.200,00","Credit","ACME","NL01BANK01","OV","factuur",\n',
        "2018-02-05 -4.50; 2018-02-13 1200.00",
    ),
    "Netherlands, D C flag beside a signed balance": Layout(
        "Datum;Tegenrekening;Omschrijving;D/C;Bedrag;Saldo\n"
        "05-02-2018;;BLAUWE DEUR;D;4,50;-4,50\n"
        "06-02-2018;;ACME;C;1.200,00;1.195,50\n",
        "2018-02-05 -4.50; 2018-02-06 1200.00",
    ),
    "Belgium, title row and search criteria": Layout(
        "Boekingsdatum vanaf;01/02/2018\n"
        "Boekingsdatum tot en met;28/02/2018\n"
        "Bedrag vanaf;\n"
        "Bedrag tot;\n"
        "Rekeninguittrekselnummer vanaf;\n"
        "Mededeling;\n"
        "Naam tegenpartij bevat;\n"
        "Rekening tegenpartij;\n"
        "Laatste saldo;1.195,50 EUR\n"
        "Datum/uur van het laatste saldo;28/02/2018 10:00:00\n"
        ";\n"
        ";\n"
        "Rekening;Boekingsdatum;Rekeninguittrekselnummer;Transactienummer;Rekening tegenpartij;"
        "Naam tegenpartij bevat;Straat en nummer;Postcode en plaats;Transactie;Valutadatum;Bedrag;"
        "Devies;BIC;Landcode;Mededelingen\n"
        "BE00 0000 0000 0001;05/02/2018;1;2;;BLAUWE DEUR;;;KAART;05/02/2018;-4,50;EUR;;BE;koffie\n"
        "BE00 0000 0000 0001;03/02/2018;1;1;BE01;ACME;;;OVERSCHRIJVING;03/02/2018;1200,00;EUR;;BE;factuur\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "EUR",
    ),
    "France, currency after the header word": Layout(
        "Téléchargement du 28/02/2018;\n"
        "\n"
        "M. ANN OTHER;\n"
        "Compte de Dépôt carte n° 00012345678;\n"
        "Solde au 28/02/2018 1 195,50 €\n"
        "\n"
        "Date;Libellé;Débit euros;Crédit euros;\n"
        '05/02/2018;"PAIEMENT PAR CARTE\n'
        'PORTE BLEUE 04/02";4,50;;\n'
        '03/02/2018;"VIREMENT ACME";;1 200,00;\n',
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "EUR",
        "cp1252",
    ),
    "France, amounts with narrow blanks": Layout(
        "Date de comptabilisation;Libelle simplifie;Libelle operation;Reference;"
        "Informations complementaires;Type operation;Categorie;Sous categorie;Debit;Credit;"
        "Date operation;Date de valeur;Pointage operation\n"
        "05/02/2018;PORTE BLEUE;CB PORTE BLEUE;X1;;Carte bancaire;Loisirs;Restaurant;-4,50;;"
        "04/02/2018;05/02/2018;0\n"
        "03/02/2018;ACME;VIR ACME;X2;;Virement recu;Revenus;Salaires;;+1\u202f200,00;03/02/2018;"
        "03/02/2018;0\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
    ),
    "Spain, balance before the amount": Layout(
        "Movimientos de la cuenta ES00 0000 0000 0000 0000 0001\n"
        "Fecha;Fecha valor;Saldo;Importe;Concepto\n"
        "05/02/2018;05/02/2018;1.195,50;-4,50;PUERTA AZUL\n"
        "03/02/2018;03/02/2018;1.200,00;1.200,00;ACME\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
    ),
    "Spain, F. VALOR and EUR columns": Layout(
        "F. VALOR,CATEGORÍA,SUBCATEGORÍA,DESCRIPCIÓN,COMENTARIO,IMAGEN,IMPORTE (€),SALDO (€)\n"
        '28/02/2018,Ocio,Cafés,Pago en PUERTA AZUL,,No,"-4,50","1195,50"\n'
        '01/02/2018,Nómina,Nómina,Nomina ACME,,No,"1.200,00","1.200,00"\n',
        "2018-02-28 -4.50; 2018-02-01 1200.00",
        "EUR",
    ),
    "Italy, Dare and Avere": Layout(
        "Data contabile;Data valuta;Dare;Avere;Divisa;Descrizione;Causale ABI\n"
        "05/02/2018;05/02/2018;-4,50;;EUR;PORTA BLU;26\n"
        "03/02/2018;03/02/2018;;1.200,00;EUR;BONIFICO ACME;48\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "EUR",
    ),
    "Italy, a summary first": Layout(
        "Conto;Intestatario;Saldo contabile;Saldo disponibile\n"
        "1000/1234;ANN OTHER;1.195,50;1.195,50\n"
        "\n"
        "Lista movimenti\n"
        "Data Operazione;Data Valuta;Entrate;Uscite;Descrizione;Descrizione Completa;Stato\n"
        "05/02/2018;05/02/2018;;-4,50;Pagamento;PORTA BLU;Contabilizzato\n"
        "03/02/2018;03/02/2018;1.200,00;;Bonifico;ACME;Contabilizzato\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
    ),
    "Portugal, preamble and totals": Layout(
        "Consultar saldos e movimentos à ordem - 28-02-2018\n"
        "\n"
        "Conta ;0000123456789 - EUR - Conta Extracto \n"
        "Data de início ;01-02-2018\n"
        "Data de fim ;28-02-2018\n"
        "\n"
        "Data mov. ;Data valor ;Descrição ;Débito ;Crédito ;Saldo contabilístico ;Saldo disponível ;"
        "Categoria ;\n"
        "05-02-2018;05-02-2018;COMPRA PORTA AZUL ;4,50;;1.195,50;1.195,50;Lazer ;\n"
        "03-02-2018;03-02-2018;TRF ACME ;;1.200,00;1.200,00;1.200,00;Diversos ;\n"
        " ; ; ; ;Saldo contabilístico ;1.195,50 EUR; ; ;\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "EUR",
        "cp1252",
    ),
    "Germany, a card whose payment is thanked for": Layout(
        "Datum,Beschreibung,Karteninhaber,Konto #,Betrag\n"
        '05/02/2018,BLAUE TÜR,ANN,-12345,"4,50"\n'
        '06/02/2018,"ZAHLUNG/ÜBERWEISUNG ERHALTEN BESTEN DANK",ANN,-12345,"-100,00"\n',
        "2018-02-05 -4.50; 2018-02-06 100.00",
    ),
    "Germany, balance and currency before the amount": Layout(
        "Umsatzanzeige;Datei erstellt am: 05.03.2018 10:11\n"
        "\n"
        "IBAN;DE00 1234 5678 0000 0000 01\n"
        "Kontoname;Girokonto\n"
        "Bank;X\n"
        "Kunde;Ann\n"
        "Zeitraum;01.02.2018 - 28.02.2018\n"
        "Saldo;1.195,50;EUR\n"
        "\n"
        "Sortierung;Datum absteigend\n"
        "\n"
        "In der CSV-Datei finden Sie alle bereits gebuchten Umsätze. Die vorgemerkten Umsätze werden "
        "nicht aufgenommen, auch wenn sie in Ihrem Internetbanking angezeigt werden.\n"
        "\n"
        "Buchung;Valuta;Auftraggeber/Empfänger;Buchungstext;Verwendungszweck;Saldo;Währung;Betrag;Währung\n"
        "05.02.2018;05.02.2018;BLAUE TÜR;Lastschrift;Kaffee;1.195,50;EUR;-4,50;EUR\n"
        "03.02.2018;03.02.2018;ACME;Gutschrift;R;1.200,00;EUR;1.200,00;EUR\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "EUR",
        "cp1252",
    ),
    "Germany, open instead of a date": Layout(
        ";\n"
        '"Umsätze Girokonto";"Zeitraum: 30 Tage";\n'
        '"Neuer Kontostand";"1.195,50 EUR";\n'
        "\n"
        '"Buchungstag";"Wertstellung (Valuta)";"Vorgang";"Buchungstext";"Umsatz in EUR";\n'
        '"offen";"06.02.2018";"Kartenverfügung";"X";"-9,00";\n'
        '"05.02.2018";"05.02.2018";"Lastschrift / Belastung";"Auftraggeber: BLAUE TÜR";"-4,50";\n'
        '"03.02.2018";"03.02.2018";"Gutschrift";"ACME";"1.200,00";\n'
        "\n"
        '"Alter Kontostand";"0,00 EUR";\n',
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "EUR",
        "cp1252",
    ),
    "Germany, years of two digits and whole numbers": Layout(
        '"Girokonto";"DE00123456780000000001"\n'
        '""\n'
        '"Kontostand vom 28.02.2023:";"1.195,50 €"\n'
        '""\n'
        '"Buchungsdatum";"Wertstellung";"Status";"Zahlungspflichtige*r";"Zahlungsempfänger*in";'
        '"Verwendungszweck";"Umsatztyp";"IBAN";"Betrag (€)";"Gläubiger-ID";"Mandatsreferenz";'
        '"Kundenreferenz"\n'
        '"28.02.23";"";"Vorgemerkt";"Ann";"X";"Y";"Ausgang";"DE01";"-9";"";"";""\n'
        '"05.02.23";"05.02.23";"Gebucht";"Ann";"BLAUE TÜR";"Kaffee";"Ausgang";"DE01";"-4,5";"";"";""\n'
        '"03.02.23";"03.02.23";"Gebucht";"Acme";"Ann";"R";"Eingang";"DE02";"1.200";"";"";""\n',
        "2023-02-05 -4.5; 2023-02-03 1200",
        "EUR",
    ),
    "Belgium in French": Layout(
        "Numéro de compte;Nom du compte;Compte partie adverse;Numéro de mouvement;Date comptable;"
        "Date valeur;Montant;Devise;Libellés;Détails du mouvement;Message\n"
        "BE00 0000 0000 0001;ANN;;2;05/02/2018;05/02/2018;-4,50;EUR;Paiement PORTE BLEUE;;\n"
        "BE00 0000 0000 0001;ANN;BE01;1;03/02/2018;03/02/2018;1200,00;EUR;ACME;;\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "EUR",
    ),
    "Belgium, refused payments": Layout(
        "Volgnummer;Uitvoeringsdatum;Valutadatum;Bedrag;Valuta rekening;Rekeningnummer;"
        "Type verrichting;Tegenpartij;Naam van de tegenpartij;Mededeling;Details;Status;Reden van weigering\n"
        "2018-0002;05/02/2018;05/02/2018;-4,50;EUR;BE00000000000001;Kaartbetaling;;BLAUWE DEUR;;X;"
        "Geaccepteerd;\n"
        "2018-0001;03/02/2018;03/02/2018;1200,00;EUR;BE00000000000001;Overschrijving;BE01;ACME;;X;"
        "Geaccepteerd;\n"
        "2018-0003;06/02/2018;06/02/2018;-9,00;EUR;BE00000000000001;Domiciliëring;BE01;X;;X;Geweigerd;saldo\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "EUR",
    ),
    "Netherlands, no header, the balance before the line": Layout(
        "05-02-2018,NL00BANK0000000001,,blauwe deur,,,,EUR,1200.00,EUR,-4.50,05-02-2018,05-02-2018,"
        "8810,BEA,1234,,'BLAUWE DEUR>AMSTERDAM',2\n"
        "06-02-2018,NL00BANK0000000001,NL01BANK0000000002,acme,,,,EUR,1195.50,EUR,50.00,06-02-2018,"
        "06-02-2018,8810,OVB,1235,,'factuur',2\n"
        "07-02-2018,NL00BANK0000000001,NL01BANK0000000002,x,,,,EUR,1245.50,EUR,-10.00,07-02-2018,"
        "07-02-2018,8810,OVB,1236,,'y',2\n",
        "2018-02-05 -4.50; 2018-02-06 50.00; 2018-02-07 -10.00",
        "EUR",
    ),
    "Switzerland, the period on each line": Layout(
        "Bewertungsdatum;Bankbeziehung;Portfolio;Produkt;IBAN;Whrg.;Datum von;Datum bis;Beschreibung;"
        "Abschluss;Buchungsdatum;Valuta;Beschreibung 1;Beschreibung 2;Beschreibung 3;"
        "Transaktions-Nr.;Devisenkurs zum Originalbetrag in Abrechnungswährung;Einzelbetrag;"
        "Belastung;Gutschrift;Saldo\n"
        "28.02.2018;0123;;0123 0001;CH00 0001;CHF;01.02.2018;28.02.2018;Privatkonto;05.02.2018;"
        "05.02.2018;05.02.2018;Blaue Tür;Kaffee;;ZD81;;;4.50;;1'195.50\n"
        "28.02.2018;0123;;0123 0001;CH00 0001;CHF;01.02.2018;28.02.2018;Privatkonto;03.02.2018;"
        "03.02.2018;03.02.2018;Acme;;;ZD80;;;;1'200.00;1'200.00\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "CHF",
    ),
    "Switzerland, credit before debit and a disclaimer": Layout(
        "Datum von:;2018-02-01\n"
        "Datum bis:;2018-02-28\n"
        "Buchungsart:;Alle Buchungen\n"
        "Konto:;CH0000000000000000001\n"
        "Währung:;CHF\n"
        "\n"
        "Buchungsdatum;Avisierungstext;Gutschrift in CHF;Lastschrift in CHF;Valuta;Saldo in CHF\n"
        "2018-02-05;KAUF BLAUE TÜR;;-4.50;2018-02-05;1195.50\n"
        "2018-02-03;GIRO ACME;1200.00;;2018-02-03;1200.00\n"
        "\n"
        "Disclaimer:\n"
        "Dies ist kein durch die Bank erstelltes Dokument. Der Inhalt, namentlich Beträge, ist ohne Gewähr.\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "CHF",
    ),
    "Switzerland, times and lines below": Layout(
        "IBAN;Booked At;Text;Credit/Debit Amount;Balance;Valuta Date\n"
        "CH0000000000000000001;2018-02-03 00:00:00.0;ACME;1200;1200;2018-02-03 00:00:00.0\n"
        "CH0000000000000000001;2018-02-05 00:00:00.0;Sammelauftrag;-14.5;1185.5;2018-02-05 00:00:00.0\n"
        ";;BLAUE TÜR;;;\n"
        ";;GRÜNE TÜR;;;\n",
        "2018-02-03 1200; 2018-02-05 -14.5",
    ),
    "Switzerland card, words against the signs": Layout(
        "Transaktionsdatum,Beschreibung,Händler,Kartennummer,Währung,Betrag,Fremdwährung,"
        "Betrag in Fremdwährung,Debit/Kredit,Status,Händlerkategorie,Registrierte Kategorie\n"
        "05.02.2018,BLAUE TÜR,Blaue Tür,XXXX1234,CHF,4.50,,,Debit,Gebucht,Restaurant,X\n"
        "06.02.2018,IHRE ZAHLUNG,,XXXX1234,CHF,-100.00,,,Kredit,Gebucht,,\n",
        "2018-02-05 -4.50; 2018-02-06 100.00",
        "CHF",
    ),
    "Spain, two currencies": Layout(
        "F.Valor;Fecha;Concepto;Movimiento;Importe;Divisa;Disponible;Divisa;Observaciones\n"
        "05/02/2018;05/02/2018;PUERTA AZUL;Pago con tarjeta;-4,50;EUR;1.195,50;EUR;X\n"
        "03/02/2018;03/02/2018;ACME;Abono;1.200,00;EUR;1.200,00;EUR;Y\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "EUR",
    ),
    "France, another decimal mark in the balance": Layout(
        "dateOp;dateVal;label;category;categoryParent;supplierFound;amount;comment;accountNum;"
        "accountLabel;accountbalance\n"
        '2018-02-05;2018-02-05;"CARTE PORTE BLEUE";"Café";"Loisirs";porte;-4,50;;00012345678;'
        "BoursoBank;1195.50\n"
        '2018-02-03;2018-02-03;"VIR ACME";"Salaire";"Revenus";acme;1 200,00;;00012345678;BoursoBank;1195.50\n',
        "2018-02-05 -4.50; 2018-02-03 1200.00",
    ),
    "France, no header, a line of balance first": Layout(
        "Compte de chèques;Compte de chèques;****1234;28/02/2018;;1 195,50\n"
        "05/02/2018;Paiement carte;CB;PORTE BLEUE;-4,50\n"
        "03/02/2018;Virement;VIR;ACME;1 200,00\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        None,
        "cp1252",
    ),
    "Germany in English, foreign amounts": Layout(
        '"Date","Payee","Account number","Transaction type","Payment reference","Category",'
        '"Amount (EUR)","Amount (Foreign Currency)","Type Foreign Currency","Exchange Rate"\n'
        '"2018-02-05","Blue Door","","MasterCard Payment","","Food","-4.5","-5.1","USD","1.13"\n'
        '"2018-02-03","Acme","DE01234567890","Income","Invoice","Income","1200.0","","",""\n',
        "2018-02-05 -4.5; 2018-02-03 1200.0",
        "EUR",
    ),
    "Netherlands, a title row and CreditDebet": Layout(
        "KNAB EXPORT;;;;;;;;;;;;;;;\n"
        "Rekeningnummer;Transactiedatum;Valutacode;CreditDebet;Bedrag;Tegenrekeningnummer;"
        "Tegenrekeninghouder;Valutadatum;Betaalwijze;Omschrijving;Type betaling;Machtigingsnummer;"
        "Incassant ID;Adres;Referentie;Boekdatum;\n"
        '"NL00BANK0000000001";"05-02-2018";"EUR";"D";"4,50";"";"BLAUWE DEUR";"05-02-2018";'
        '"Betaalautomaat";"koffie";"";"";"";"";"C1";"05-02-2018";\n'
        '"NL00BANK0000000001";"03-02-2018";"EUR";"C";"1200,00";"NL01";"ACME";"03-02-2018";'
        '"Ontvangen betaling";"factuur";"";"";"";"";"C2";"03-02-2018";\n',
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "EUR",
    ),
}
