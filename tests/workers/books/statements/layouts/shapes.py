"""Shapes that a file of any country may have."""

from __future__ import annotations

from tests.workers.books.statements.layouts.layout import Layout

LAYOUTS = {
    "an Excel separator line": Layout(
        "sep=;\nDate;Text;Amount\n2018-02-05;BLUE DOOR;-4.50\n",
        "2018-02-05 -4.50",
    ),
    "lines in quotation marks as a whole": Layout(
        '"Date,Text,Amount"\n"2018-02-05,BLUE DOOR,-4.50"\n"2018-02-06,ACME,1200.00"\n',
        "2018-02-05 -4.50; 2018-02-06 1200.00",
    ),
    "cells in apostrophes that hold the delimiter": Layout(
        "'Date','Text','Amount'\n'2018-02-05','BLUE, DOOR','-4.50'\n",
        "2018-02-05 -4.50",
    ),
    "formulas that keep zeros": Layout(
        'Account,Date,Text,Amount\n="00012345",2018-02-05,BLUE DOOR,-4.50\n',
        "2018-02-05 -4.50",
    ),
    "one word headers run together": Layout(
        "AccountNumber,TransactionDate,ValueDate,TransactionDescription,TransactionAmount,RunningBalance\n"
        "12345,2018-02-05,2018-02-05,X,-4.50,95.50\n",
        "2018-02-05 -4.50",
    ),
    "underscores and capitals": Layout(
        "ACCOUNT_NO,POSTING_DATE,TXN_DESC,DEBIT_AMT,CREDIT_AMT,CLOSING_BAL\n12345,2018-02-05,X,4.50,,95.50\n",
        "2018-02-05 -4.50",
    ),
    "footnotes and units in the header": Layout(
        "Date*,Details,Amount [GBP]¹,Balance [GBP]²\n"
        "2018-02-05,BLUE DOOR,-4.50,95.50\n"
        "* of booking\n"
        "¹ in pounds\n",
        "2018-02-05 -4.50",
        "GBP",
    ),
    "pending lines under their own heading": Layout(
        "Pending transactions\n"
        "Date,Description,Amount\n"
        "2018-02-07,HOLD,-9.00\n"
        "\n"
        "Posted transactions\n"
        "Date,Description,Amount\n"
        "2018-02-05,BLUE DOOR,-4.50\n",
        "2018-02-05 -4.50",
    ),
    "a table of sums behind the lines": Layout(
        "Date,Description,Amount\n"
        "2018-02-05,BLUE DOOR,-4.50\n"
        "2018-02-06,ACME,1200.00\n"
        "\n"
        "Summary,,\n"
        "Kind,Count,Sum\n"
        "Debits,1,-4.50\n"
        "Credits,1,1200.00\n",
        "2018-02-05 -4.50; 2018-02-06 1200.00",
    ),
    "charges and payments as columns": Layout(
        "Date,Merchant,Charges,Payments\n2018-02-05,BLUE DOOR,4.50,\n2018-02-06,THANKS,,100.00\n",
        "2018-02-05 -4.50; 2018-02-06 100.00",
    ),
    "payments and receipts as columns": Layout(
        "Date,Details,Payments,Receipts,Balance\n"
        "2018-02-05,BLUE DOOR,4.50,,95.50\n"
        "2018-02-06,ACME,,1200.00,1295.50\n",
        "2018-02-05 -4.50; 2018-02-06 1200.00",
    ),
    "only withdrawals": Layout(
        "Date,Details,Withdrawals\n2018-02-05,BLUE DOOR,4.50\n2018-02-06,X,5.00\n",
        "2018-02-05 -4.50; 2018-02-06 -5.00",
    ),
    "purchases and payments in words": Layout(
        "Transaction Date,Merchant,Type,Amount\n"
        "2018-02-05,BLUE DOOR,Purchase,4.50\n"
        "2018-02-06,BANK,Payment,100.00\n"
        "2018-02-07,FEE,Fee,1.00\n",
        "2018-02-05 -4.50; 2018-02-06 100.00; 2018-02-07 -1.00",
    ),
    "dashes where a column is empty": Layout(
        "Date,Details,Debit,Credit\n2018-02-05,BLUE DOOR,4.50,-\n2018-02-06,ACME,-,1200.00\n",
        "2018-02-05 -4.50; 2018-02-06 1200.00",
    ),
    "names of months with the weekday": Layout(
        'Date,Details,Amount\n"Mon, 5 Feb 2018",BLUE DOOR,-4.50\n"Tue, 6 Feb 2018",ACME,1200.00\n',
        "2018-02-05 -4.50; 2018-02-06 1200.00",
    ),
    "a period above settles day and month": Layout(
        "Statement period,01/02/2018,28/02/2018\n"
        "\n"
        "Date,Details,Amount\n"
        "05/02/2018,BLUE DOOR,-4.50\n"
        "06/02/2018,ACME,1200.00\n",
        "2018-02-05 -4.50; 2018-02-06 1200.00",
    ),
    "a period in words settles day and month": Layout(
        "Statement period 1 February 2018 to 28 February 2018\n"
        "\n"
        "Date,Details,Amount\n"
        "05/02/2018,BLUE DOOR,-4.50\n"
        "06/02/2018,ACME,1200.00\n",
        "2018-02-05 -4.50; 2018-02-06 1200.00",
    ),
    "a purchase's day settles day and month": Layout(
        "Date,Details,Amount\n04/09/2017,POS31AUG BLUE DOOR,-4.50\n",
        "2017-09-04 -4.50",
    ),
    "a decimal comma settles day and month": Layout(
        'Date,Details,Amount\n05/02/2018,BLUE DOOR,"-4,50"\n',
        "2018-02-05 -4.50",
    ),
    "pounds settle day and month": Layout(
        "Date,Details,Amount\n05/02/2018,BLUE DOOR,-£4.50\n",
        "2018-02-05 -4.50",
        "GBP",
    ),
    "check numbers settle day and month": Layout(
        "Date,Check Number,Details,Amount\n02/05/2018,,BLUE DOOR,-$4.50\n",
        "2018-02-05 -4.50",
    ),
    "days and months whose year a value date has": Layout(
        "Booked,Value date,Text,Amount\n30.12.,2017-12-30,A,-1.00\n02.01.,2018-01-02,B,-2.00\n",
        "2017-12-30 -1.00; 2018-01-02 -2.00",
    ),
    "a header in two rows": Layout(
        "Booking,,Amount,Running\n"
        "date,Text,in EUR,balance\n"
        "05.02.2018,BLUE DOOR,-4.50,95.50\n"
        "06.02.2018,ACME,1200.00,1295.50\n",
        "2018-02-05 -4.50; 2018-02-06 1200.00",
        "EUR",
    ),
    "a preamble of other delimiters": Layout(
        "Account: 123, Main Street, Anytown\n"
        "Period: 01.02.2018, 28.02.2018\n"
        "Date;Text;Amount\n"
        "05.02.2018;BLUE DOOR, CAFE;-4,50\n"
        "06.02.2018;ACME, LTD;1.200,00\n",
        "2018-02-05 -4.50; 2018-02-06 1200.00",
    ),
    "a card's merchants, all positive": Layout(
        "TransactionID,Date,Merchant,Amount,CategoryID\n"
        "A1,2018-02-05T10:11:12,Blue Door,4.5,cv1\n"
        "A2,2018-02-06T10:11:12,Green Door,12,cv2\n"
        "A3,2018-02-07T10:11:12,Red Door,7.25,cv1\n",
        "2018-02-05 -4.5; 2018-02-06 -12; 2018-02-07 -7.25",
    ),
    "a card's purchases and its payment in a column of kinds": Layout(
        "TransactionId,CardId,Date,ValueDate,Amount,Currency,OriginalAmount,OriginalCurrency,"
        "MerchantName,StateType,Details,Type\n"
        "A1,C1,2018-02-05,2018-02-06,4.50,CHF,4.10,EUR,Blue Door,booked,BLUE DOOR,merchant\n"
        "A2,C1,2018-02-07,2018-02-07,-100.00,CHF,-100.00,CHF,,booked,Ihre Zahlung - Danke,payment\n"
        "A3,C1,2018-02-08,,9.00,CHF,9.00,CHF,Green Door,authorized,GREEN DOOR,merchant\n",
        "2018-02-05 -4.50; 2018-02-07 100.00",
        "CHF",
    ),
    "a line without its opening quotation mark, quotation marks within another": Layout(
        '"Datum","Tekst","Bedrag"\n"2018-02-05","BLAUWE "DEUR" BV","-4,50"\n2018-02-06","ACME","1.200,00"\n',
        "2018-02-05 -4.50; 2018-02-06 1200.00",
    ),
    "totals in the middle of months": Layout(
        "Date,Text,Debit,Credit\n"
        "2018-01-31,A,1.00,\n"
        "Total January,,1.00,0.00\n"
        "2018-02-05,B,,2.00\n"
        "Total February,,0.00,2.00\n",
        "2018-01-31 -1.00; 2018-02-05 2.00",
    ),
    "five decimals behind a comma": Layout(
        "Date;Desc;Amount;Balance\n20180205;BLUE DOOR;-4,50000;95,50000\n",
        "2018-02-05 -4.50000",
    ),
    "dates without separators, the day first": Layout(
        "Datum;Text;Betrag\n05022018;BLAUE TÜR;-4,50\n13022018;ACME;12,00\n",
        "2018-02-05 -4.50; 2018-02-13 12.00",
    ),
    "a balance before a word and the amount": Layout(
        "Date,Balance,Debit/Credit,Amount,Text\n"
        "13/02/2018,95.50,Debit,4.50,BLUE DOOR\n"
        "14/02/2018,1295.50,Credit,1200.00,ACME\n",
        "2018-02-13 -4.50; 2018-02-14 1200.00",
    ),
}
