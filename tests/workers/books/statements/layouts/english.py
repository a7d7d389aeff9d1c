"""Where English is written."""

from __future__ import annotations

from tests.workers.books.statements.layouts.layout import Layout

LAYOUTS = {
    "United Kingdom, type and a sort code with an apostrophe": Layout(
        "Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,"
        "Debit Amount,Credit Amount,Balance\n"
        "05/02/2018,DEB,'12-34-56,12345678,BLUE DOOR,4.50,,1195.50\n"
        "03/02/2018,BGC,'12-34-56,12345678,ACME,,1200.00,1200.00\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
    ),
    "United Kingdom, a leading blank row and footers": Layout(
        "\n"
        "Date, Type, Description, Value, Balance, Account Name, Account Number\n"
        "\n"
        '05/02/2018,POS,"\'BLUE DOOR",-4.50,1195.50,"\'OTHER A","\'123456-12345678",\n'
        '03/02/2018,BAC,"\'ACME",1200.00,1200.00,"\'OTHER A","\'123456-12345678",\n',
        "2018-02-05 -4.50; 2018-02-03 1200.00",
    ),
    "United Kingdom, account and balance above, pounds in the columns": Layout(
        '"Account Name:","FlexAccount ****12345"\n'
        '"Account Balance:","£1195.50"\n'
        '"Available Balance: ","£1195.50"\n'
        "\n"
        '"Date","Transaction type","Description","Paid out","Paid in","Balance"\n'
        '"03 Feb 2018","Bank credit","ACME","","£1200.00","£1200.00"\n'
        '"05 Feb 2018","Visa purchase","BLUE DOOR","£4.50","","£1195.50"\n',
        "2018-02-03 1200.00; 2018-02-05 -4.50",
        "GBP",
        "cp1252",
    ),
    "United Kingdom, counter party and reference": Layout(
        "Date,Counter Party,Reference,Type,Amount (GBP),Balance (GBP)\n"
        "03/02/2018,ACME,Invoice,FASTER PAYMENT,1200.00,1200.00\n"
        "05/02/2018,Blue Door,BLUE DOOR,CONTACTLESS,-4.50,1195.50\n",
        "2018-02-03 1200.00; 2018-02-05 -4.50",
        "GBP",
    ),
    "United Kingdom, many columns with the money of two kinds": Layout(
        "Transaction ID,Date,Time,Type,Name,Emoji,Category,Amount,Currency,Local amount,"
        "Local currency,Notes and #tags,Address,Receipt,Description,Category split,Money Out,Money In\n"
        "tx_0001,05/02/2018,10:11:12,Card payment,Blue Door,,Eating out,-4.50,GBP,-5.10,EUR,,,,"
        "BLUE DOOR,,-4.50,\n"
        "tx_0002,13/02/2018,09:00:00,Faster payment,Acme,,Income,1200.00,GBP,1200.00,GBP,,,,INV 7,,,1200.00\n",
        "2018-02-05 -4.50; 2018-02-13 1200.00",
        "GBP",
    ),
    "Ireland, months by name and a balance without a sign": Layout(
        "Posted Account, Posted Transactions Date, Description, Debit Amount, Credit Amount,Balance,"
        "Transaction Type\n"
        '"93000000000001","05/02/18","BLUE DOOR","4.50",,"1195.50","Debit"\n'
        '"93000000000001","16/02/18","ACME",,"1,200.00","2395.50","Credit"\n',
        "2018-02-05 -4.50; 2018-02-16 1200.00",
    ),
    "United States, dollars in Withdrawal and Deposit": Layout(
        "Date,No.,Description,Withdrawal,Deposit,Balance\n"
        '02/05/2018,,BLUE DOOR,$4.50,,"$1,195.50"\n'
        '02/03/2018,,ACME,,"$1,200.00","$1,200.00"\n'
        "01/31/2018,1001,CHECK,$100.00,,$0.00\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00; 2018-01-31 -100.00",
    ),
    "United States, a minus apart from the dollars": Layout(
        "Posted Date,Check Number,Description,Amount\n"
        "02/05/2018,,BLUE DOOR,- $4.50\n"
        '02/03/2018,,ACME,"$1,200.00"\n'
        "02/01/2018,,FEE,- $0.01\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00; 2018-02-01 -0.01",
    ),
    "United States, cents without a zero": Layout(
        "Account Number : 123456\n"
        "\n"
        "Transaction Number,Date,Description,Memo,Amount Debit,Amount Credit,Balance,Check Number,Fees  \n"
        '"20180205 1","02/05/2018","BLUE DOOR","POS",-4.5,,1195.50,,\n'
        '"20180203 2","02/03/2018","ACME","ACH",,1200.00,1200.00,,\n'
        '"20180201 3","02/01/2018","Adjustment","",-.01,,0.00,,\n',
        "2018-02-05 -4.5; 2018-02-03 1200.00; 2018-02-01 -0.01",
    ),
    "United States, a summary of balances first": Layout(
        "Description,,Summary Amt.\n"
        'Beginning balance as of 02/01/2018,,"100.00"\n'
        'Total credits,,"1,200.00"\n'
        'Total debits,,"-4.50"\n'
        'Ending balance as of 02/28/2018,,"1,295.50"\n'
        "\n"
        "Date,Description,Amount,Running Bal.\n"
        '02/01/2018,Beginning balance as of 02/01/2018,,"100.00"\n'
        '02/03/2018,"ACME","1,200.00","1,300.00"\n'
        '02/05/2018,"BLUE DOOR","-4.50","1,295.50"\n',
        "2018-02-03 1200.00; 2018-02-05 -4.50",
    ),
    "United States, no header, stars": Layout(
        '"02/15/2018","-4.50","*","","BLUE DOOR"\n'
        '"02/13/2018","1200.00","*","","ACME"\n'
        '"02/01/2018","-100.00","*","1001","CHECK"\n',
        "2018-02-15 -4.50; 2018-02-13 1200.00; 2018-02-01 -100.00",
    ),
    "United States card, debit and credit": Layout(
        "Transaction Date,Posted Date,Card No.,Description,Category,Debit,Credit\n"
        "2018-02-04,2018-02-05,1234,BLUE DOOR,Dining,4.50,\n"
        "2018-02-06,2018-02-07,1234,CAPITAL PYMT,Payment/Credit,,100.00\n",
        "2018-02-05 -4.50; 2018-02-07 100.00",
    ),
    "United States card, sales and payments": Layout(
        "Transaction Date,Post Date,Description,Category,Type,Amount,Memo\n"
        "02/14/2018,02/15/2018,BLUE DOOR,Food & Drink,Sale,-4.50,\n"
        "02/06/2018,02/07/2018,Payment Thank You-Mobile,,Payment,100.00,\n",
        "2018-02-15 -4.50; 2018-02-07 100.00",
    ),
    "United States card, charges positive, a payment negative": Layout(
        "Date,Description,Card Member,Account #,Amount\n"
        "02/15/2018,BLUE DOOR,ANN OTHER,-12345,4.50\n"
        "02/06/2018,ONLINE PAYMENT - THANK YOU,ANN OTHER,-12345,-100.00\n"
        "02/04/2018,GREEN DOOR,ANN OTHER,-12345,12.00\n",
        "2018-02-15 -4.50; 2018-02-06 100.00; 2018-02-04 -12.00",
    ),
    "United States card, DEBIT and CREDIT words": Layout(
        '"Date","Transaction","Name","Memo","Amount"\n'
        '"2018-02-05","DEBIT","BLUE DOOR","Download from the web","-4.50"\n'
        '"2018-02-06","CREDIT","PAYMENT","Download from the web","100.00"\n',
        "2018-02-05 -4.50; 2018-02-06 100.00",
    ),
    "Canada, two currencies as columns": Layout(
        '"Account Type","Account Number","Transaction Date","Cheque Number","Description 1",'
        '"Description 2","CAD$","USD$"\n'
        'Chequing,00000-0000001,2/15/2018,,"BLUE DOOR","",-4.50,,\n'
        'Chequing,00000-0000001,2/3/2018,,"ACME","",1200.00,,\n',
        "2018-02-15 -4.50; 2018-02-03 1200.00",
        "CAD",
    ),
    "Canada, no header, debit, credit and balance": Layout(
        "02/01/2018,OPENING,,100.00,100.00\n"
        "02/15/2018,BLUE DOOR,4.50,,95.50\n"
        "02/16/2018,ACME,,1200.00,1295.50\n",
        "2018-02-01 100.00; 2018-02-15 -4.50; 2018-02-16 1200.00",
    ),
    "Canada, notes, marks and a date without separators": Layout(
        "Following data is valid as of 20180228101112 (Year/Month/Day/Hour/Minute/Second)\n"
        "\n"
        "\n"
        "First Bank Card,Transaction Type,Date Posted, Transaction Amount,Description\n"
        "\n"
        "'5000000000000000',DEBIT,20180205,-4.5,[PR]BLUE DOOR\n"
        "'5000000000000000',CREDIT,20180203,1200.0,[CW]ACME\n",
        "2018-02-05 -4.5; 2018-02-03 1200.0",
    ),
    "Australia, no header": Layout(
        '15/02/2018,"-4.50","BLUE DOOR","+1195.50"\n03/02/2018,"+1200.00","ACME","+1200.00"\n',
        "2018-02-15 -4.50; 2018-02-03 1200.00",
    ),
    "Australia, BSB and debit": Layout(
        "Effective Date,Entered Date,Transaction Description,Amount,Balance\n"
        ',05/02/2018,BLUE DOOR,-4.50,"1,195.50"\n'
        '03/02/2018,03/02/2018,ACME,1200.00,"1,200.00"\n'
        ",13/01/2018,X,-1.00,0.00\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00; 2018-01-13 -1.00",
    ),
    "Australia, bank account column and serial": Layout(
        "Bank Account,Date,Narrative,Debit Amount,Credit Amount,Balance,Categories,Serial\n"
        "032000000001,15/02/2018,BLUE DOOR,4.50,,1195.50,PAYMENT,\n"
        "032000000001,03/02/2018,ACME,,1200.00,1200.00,DEP,\n",
        "2018-02-15 -4.50; 2018-02-03 1200.00",
    ),
    "New Zealand, header after account lines": Layout(
        "Created date / time : 28 February 2018 / 10:11:12\n"
        "Bank 12; Branch 3456; Account 1234567-00 (Everyday)\n"
        "From date 20180201\n"
        "To date 20180228\n"
        "Avail Bal : 1195.50 as of 20180228\n"
        "Ledger Balance : 1195.50 as of 20180228\n"
        "Date,Unique Id,Tran Type,Cheque Number,Payee,Memo,Amount\n"
        "\n"
        '2018/02/03,2018020301,D/C,,"ACME","INV",1200.00\n'
        '2018/02/05,2018020501,EFTPOS,,"BLUE DOOR","",-4.50\n',
        "2018-02-03 1200.00; 2018-02-05 -4.50",
    ),
    "New Zealand, type first": Layout(
        "Type,Details,Particulars,Code,Reference,Amount,Date,ForeignCurrencyAmount,ConversionCharge\n"
        "Visa Purchase,1234,Blue Door,C,,-4.50,15/02/2018,,\n"
        "Direct Credit,Acme,Inv,,7,1200.00,03/02/2018,,\n",
        "2018-02-15 -4.50; 2018-02-03 1200.00",
    ),
    "South Africa, record types, Afrikaans, no year": Layout(
        "2,62000000001,'Ann Other'\n"
        "3,'Staatnommer','Vanaf Datum','Tot Datum','Openingsaldo','Eindsaldo','BTW'\n"
        "3,12,'28 Desember 2017','27 Januarie 2018',100.00,1295.50,0\n"
        "4,'Som Debiete',4.50\n"
        "5,'Nommer','Datum','Beskrywing1','Beskrywing2','Beskrywing3','Bedrag','Saldo','Opgeloopte Koste'\n"
        "5,1,'30 Des','Blou Deur','','',-4.50,95.50,\n"
        "5,2,'02 Jan','Acme','','',1200.00,1295.50,\n"
        "6,'EINDE'\n",
        "2017-12-30 -4.50; 2018-01-02 1200.00",
    ),
    "South Africa, no header, dates run together, provisional line": Layout(
        "Account Number : ,1234567890\n"
        "Account Description : ,Current\n"
        "Statement Number : ,12\n"
        "05Feb2018,OPENING BALANCE,,100.00,\n"
        "05Feb2018,BLUE DOOR,-4.50,95.50,\n"
        "13Feb2018,ACME,1200.00,1295.50,\n"
        "28Feb2018,PROVISIONAL STATEMENT,,1295.50,\n",
        "2018-02-05 -4.50; 2018-02-13 1200.00",
    ),
    "South Africa, record words": Layout(
        "ALL,0,0,BRANCH,0,MAIN STREET,0,0\n"
        "0,ACC-NO,0,123456789,0,OPEN,0,0\n"
        "HIST,20180201,,100.00,ACME,,0,0\n"
        "HIST,20180205,##,-4.50,BLUE DOOR,,0,0\n"
        "HIST,20180207,,-10.00,FEE,,0,0\n"
        "0,CLOSE,0,85.50,0,0,0,0\n",
        "2018-02-01 100.00; 2018-02-05 -4.50; 2018-02-07 -10.00",
    ),
    "India, narration, lakhs, legal words": Layout(
        "Account Name :,MR OTHER A\n"
        "Account No :,'000001234567\n"
        "Statement From : 01/02/2018 To : 28/02/2018\n"
        "\n"
        "Txn Date,Value Date,Description,Ref No./Cheque No.,        Debit,Credit,Balance\n"
        '3 Feb 2018,3 Feb 2018,BY TRANSFER-ACME,TRF,," 1,20,000.00 "," 1,20,000.00 "\n'
        '5 Feb 2018,5 Feb 2018,POS-BLUE DOOR,," 4.50 ",," 1,19,995.50 "\n'
        "\n"
        '"**This is a computer generated statement, and does not require a signature. Contents,'
        ' unless objected to, are taken as correct."\n',
        "2018-02-03 120000.00; 2018-02-05 -4.50",
    ),
    "India, stars, Withdrawal and Deposit with Dr and Cr": Layout(
        "S No.,Value Date,Transaction Date,Cheque Number,Transaction Remarks,"
        "Withdrawal Amount (INR ),Deposit Amount (INR ),Balance (INR )\n"
        "1,03/02/2018,03/02/2018,-,ACME,0.00,1200.00,1200.00\n"
        "2,13/02/2018,13/02/2018,-,BLUE DOOR,4.50,0.00,1195.50\n",
        "2018-02-03 1200.00; 2018-02-13 -4.50",
        "INR",
    ),
    "United Kingdom, a sort code beside the account": Layout(
        "Number,Date,Account,Amount,Subcategory,Memo\n"
        '\t ,05/02/2018,20-00-00 12345678,-4.50,PAYMENT,"BLUE DOOR                ON 04 FEB         CPM"\n'
        "\t ,03/02/2018,20-00-00 12345678,1200.00,BGC,ACME\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
    ),
    "United Kingdom card, billing amount and flag": Layout(
        "Transaction Date,Posting Date,Billing Amount,Merchant,Merchant City ,Merchant State ,"
        "Merchant Postcode ,Reference Number ,Debit/Credit Flag ,SICMCC Code ,Transaction category/status\n"
        "2018-02-04,2018-02-05,£4.50,BLUE DOOR,LONDON,,,1234,D,5814,\n"
        "2018-02-06,2018-02-06,£100.00,PAYMENT RECEIVED - THANK YOU,,,,1235,C,,\n",
        "2018-02-05 -4.50; 2018-02-06 100.00",
        "GBP",
    ),
    "United Kingdom savings, names run together": Layout(
        "TransactionDate,Description,Value,AccountBalance,AccountName,AccountNumber\n"
        "20180205,Interest paid,4.50,1204.50,Online,12345678\n"
        "20180203,Transfer,1200.00,1200.00,Online,12345678\n",
        "2018-02-05 4.50; 2018-02-03 1200.00",
    ),
    "Ireland, Money In before Money Out": Layout(
        "Date,Payee,Money In,Money Out,Balance\n"
        "15/02/2018,BLUE DOOR,,4.50,95.50\n"
        "16/02/2018,ACME,1200.00,,1295.50\n",
        "2018-02-15 -4.50; 2018-02-16 1200.00",
    ),
    "United States, blanks behind the commas": Layout(
        "Date, Time, Amount, Type, Description\n"
        "2018-02-05, 10:11:12, -4.50, Withdrawal, BLUE DOOR\n"
        "2018-02-03, 10:11:12, 1200.00, Deposit, ACME\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
    ),
    "United States card, positive charges and a thanked payment": Layout(
        "Trans. Date,Post Date,Description,Amount,Category\n"
        "02/04/2018,02/05/2018,BLUE DOOR,4.50,Restaurants\n"
        "02/16/2018,02/16/2018,INTERNET PAYMENT - THANK YOU,-100.00,Payments and Credits\n",
        "2018-02-05 -4.50; 2018-02-16 100.00",
    ),
    "United States card, minus in the credit column": Layout(
        "Status,Date,Description,Debit,Credit\n"
        'Cleared,02/15/2018,"BLUE DOOR",4.50,\n'
        'Cleared,02/16/2018,"PAYMENT",,-100.00\n',
        "2018-02-15 -4.50; 2018-02-16 100.00",
    ),
    "United States, a title with a heading below the header": Layout(
        '"Transactions  for Checking account XXXX-1234 as of 02/28/2018 10:11:12 PM ET"\n'
        '"Date","Type","Check #","Description","Withdrawal (-)","Deposit (+)","RunningBalance"\n'
        '"Posted Transactions"\n'
        '"02/05/2018","VISA","","BLUE DOOR","$4.50","","$1,195.50"\n'
        '"02/03/2018","ACH","","ACME","","$1,200.00","$1,200.00"\n',
        "2018-02-05 -4.50; 2018-02-03 1200.00",
    ),
    "United States, brokerage with a legal footer": Layout(
        "\n"
        "\n"
        "Brokerage\n"
        "\n"
        "Run Date,Action,Symbol,Security Description,Security Type,Quantity,Price ($),Commission ($),"
        "Fees ($),Accrued Interest ($),Amount ($),Settlement Date\n"
        " 02/15/2018, YOU BOUGHT, ABC, ABC CORP,Cash,1,4.50,,,,-4.50,02/17/2018\n"
        " 02/13/2018, DIRECT DEPOSIT ACME, , No Description,Cash,,,,,,1200.00,\n"
        "\n"
        "\n"
        '"The data and information in this spreadsheet is provided to you solely for your use,'
        ' and is not for distribution, nothing herein is advice."\n'
        "\n"
        '"Date downloaded 02/28/2018 10:11 PM"\n',
        "2018-02-15 -4.50; 2018-02-13 1200.00",
    ),
    "Canada, no header, no zeros in the dates": Layout(
        '2/15/2018,-4.50,"-","POS Purchase","BLUE DOOR"\n2/3/2018,1200.00,"-","Payroll dep.","ACME"\n',
        "2018-02-15 -4.50; 2018-02-03 1200.00",
    ),
    "Australia, no header, months by name": Layout(
        "05 Feb 18,-4.50,,,VISA DEBIT,BLUE DOOR,1195.50\n"
        "03 Feb 18,1200.00,,,INTER-BANK CREDIT,ACME,1200.00\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
    ),
    "New Zealand, amount, credit and debit beside it": Layout(
        "Account number,Date,Memo/Description,Source Code (payment type),TP ref,TP part,TP code,"
        "OP ref,OP part,OP code,OP name,OP Bank Account Number,Amount (credit),Amount (debit),Amount,"
        "Balance\n"
        "38-9000-0000001-00,15-02-2018,BLUE DOOR ;,,,,,,,,,,,4.50,-4.50,95.50\n"
        "38-9000-0000001-00,16-02-2018,ACME ;,,,,,,,,,,1200.00,,1200.00,1295.50\n",
        "2018-02-15 -4.50; 2018-02-16 1200.00",
    ),
    "India, zeros where a column is empty": Layout(
        "\n"
        "  Date     ,Narration                ,Value Dat,Debit Amount       ,Credit Amount      ,"
        "Chq/Ref Number   ,Closing Balance\n"
        "  03/02/18  ,ACME               ,03/02/18 ,           0.00 ,        1200.00     ,0000001  ,"
        "        1200.00     \n"
        "  15/02/18  ,BLUE DOOR               ,15/02/18 ,           4.50 ,        0.00     ,"
        "0000002  ,        1195.50     \n",
        "2018-02-03 1200.00; 2018-02-15 -4.50",
    ),
    "United Kingdom card, DBIT and CRDT": Layout(
        "Transaction Date,Posting Date,Billing Amount,Merchant,Merchant City,Merchant State,"
        "Merchant Postcode,Reference Number,Debit or Credit,SICMCC Code,Status,Transaction Currency,"
        "Additional Card Holder,Card Used\n"
        "2018-02-04,2018-02-05,4.50,Blue Door,London,,N1,1,DBIT,5814,BILLED,GBP,,Your Card\n"
        "2018-02-06,2018-02-06,100.00,Payment,,,,2,CRDT,,BILLED,GBP,,\n",
        "2018-02-05 -4.50; 2018-02-06 100.00",
        "GBP",
    ),
    "United Kingdom, one line only": Layout(
        "Date,Counter Party,Reference,Type,Amount (GBP),Balance (GBP),Spending Category,Notes\n"
        "05/02/2018,Blue Door,X,ONLINE PAYMENT,-4.50,95.50,EATING_OUT,\n",
        "2018-02-05 -4.50",
        "GBP",
    ),
    "United States, one line only": Layout(
        "Date,Description,Amount,Running Bal.\n02/05/2018,CHECKCARD 0204 BLUE DOOR,-4.50,95.50\n",
        "2018-02-05 -4.50",
    ),
    "United States, parentheses with dollars": Layout(
        "Trans #,Date,Type,Description,Amount,Ending Bal\n"
        "1,2/15/2018,Interest,INTEREST,$0.10,$100.10\n"
        "2,2/16/2018,Transfer,TO CHECKING,($50.00),$50.10\n",
        "2018-02-15 0.10; 2018-02-16 -50.00",
    ),
    "South Africa, five decimals between two marks": Layout(
        "Statement for account 123456\n"
        "***BEGIN***\n"
        "Date,Description,Amount,Balance\n"
        "20180205,BLUE DOOR,-4.50000,95.50000\n"
        "20180206,ACME,1200.00000,1295.50000\n"
        "***END***\n",
        "2018-02-05 -4.50000; 2018-02-06 1200.00000",
    ),
}
