# ruff: noqa: RUF001 - letters that look like Latin ones are what banks of these countries print
"""Other continents, and accounts on the internet."""

from __future__ import annotations

from tests.workers.books.statements.layouts.layout import Layout

LAYOUTS = {
    "Brazil, dots in the balance, D and C behind the number": Layout(
        "Data;Lançamento;Valor (R$);Saldo (R$)\n"
        "05/02/2018;PORTA AZUL;4,50 D;1.195,50 C\n"
        "06/02/2018;ACME;1.200,00 C;2.395,50 C\n",
        "2018-02-05 -4.50; 2018-02-06 1200.00",
        "BRL",
    ),
    "Brazil, a saldo do dia between the lines": Layout(
        "Data,Dependencia Origem,Histórico,Data do Balancete,Número do documento,Valor,\n"
        '"28/01/2018","","Saldo Anterior","","0","100.00",\n'
        '"05/02/2018","0000-1","Compra com Cartão - PORTA AZUL","","1","-4.50",\n'
        '"16/02/2018","0000-2","Depósito ACME","","2","1200.00",\n'
        '"28/02/2018","","S A L D O","","0","1295.50",\n',
        "2018-02-05 -4.50; 2018-02-16 1200.00",
        None,
        "cp1252",
    ),
    "Singapore, two rows a line, debit and credit with units": Layout(
        "Account Details For:,Everyday Savings 123-456-789\n"
        "Statement as at:,28 Feb 2018\n"
        "Available Balance:,1195.50\n"
        "Ledger Balance:,1195.50\n"
        "\n"
        "\n"
        "Transaction Date,Reference,Debit Amount,Credit Amount,Transaction Ref1,Transaction Ref2,"
        "Transaction Ref3\n"
        "\n"
        "05 Feb 2018,POS, 4.50, ,BLUE DOOR,SI SGP 04FEB,1234\n"
        "03 Feb 2018,ITR, ,1200.00,ACME,,\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
    ),
    "Hong Kong, DR and CR": Layout(
        "Date,Description,Billing amount,Billing currency,Balance,Dr/Cr\n"
        "2018/02/05,BLUE DOOR,4.50,HKD,1195.50,DR\n"
        "2018/02/06,ACME,1200.00,HKD,2395.50,CR\n",
        "2018-02-05 -4.50; 2018-02-06 1200.00",
        "HKD",
    ),
    "Japan, payments and deposits": Layout(
        '"年月日","お引出し","お預入れ","お取り扱い内容","残高","メモ","ラベル"\n'
        '"2018/2/3","","120000","アクメ","120000","-","-"\n'
        '"2018/2/5","450","","アオイドア","119550","-","-"\n',
        "2018-02-03 120000; 2018-02-05 -450",
    ),
    "China, income and expense in words": Layout(
        "微信支付账单明细,,,,,,,,,,\n"
        "微信昵称：[安],,,,,,,,,,\n"
        "共2笔记录,,,,,,,,,,\n"
        ",,,,,,,,,,\n"
        "----------------------微信支付账单明细列表--------------------,,,,,,,,,,\n"
        "交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注\n"
        '2018-02-05 10:11:12,商户消费,蓝门,"咖啡",支出,¥4.50,零钱,支付成功,"1000","2000","/"\n'
        '2018-02-03 09:00:00,转账,顶点,"/",收入,¥1200.00,/,已存入零钱,"1001","/","/"\n',
        "2018-02-05 -4.50; 2018-02-03 1200.00",
    ),
    "Indonesia, DB behind the number, no year": Layout(
        "Informasi Rekening - Mutasi Rekening,,,,\n"
        "No. rekening : 1234567890,,,,\n"
        "Periode : 01/02/2018 - 28/02/2018,,,,\n"
        "Kode Mata Uang : IDR,,,,\n"
        ",,,,\n"
        "Tanggal Transaksi,Keterangan,Cabang,Jumlah,Saldo\n"
        '\'03/02,ACME,0000,"120,000.00 CR","120,000.00"\n'
        '\'05/02,PINTU BIRU,0000,"450.00 DB","119,550.00"\n'
        "Saldo Awal : ,0.00,,,\n"
        "Mutasi Debet : ,450.00,1,,\n"
        'Mutasi Kredit : ,"120,000.00",1,,\n'
        'Saldo Akhir : ,"119,550.00",,,\n',
        "2018-02-03 120000.00; 2018-02-05 -450.00",
        "IDR",
    ),
    "Internet account, fees of zero, products and states": Layout(
        "Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance\n"
        "CARD_PAYMENT,Current,2018-02-04 10:11:12,2018-02-05 09:00:00,Blue Door,-4.50,0.00,EUR,"
        "COMPLETED,95.50\n"
        "TOPUP,Current,2018-02-06 10:00:00,2018-02-06 10:00:01,Top-Up,1200.00,0.00,EUR,COMPLETED,1295.50\n"
        "CARD_PAYMENT,Current,2018-02-07 10:11:12,,Green Door,-9.00,0.00,EUR,PENDING,\n",
        "2018-02-05 -4.50; 2018-02-06 1200.00",
        "EUR",
    ),
    "Internet account, gross, fee and net": Layout(
        '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net",'
        '"From Email Address","To Email Address","Transaction ID","Balance"\n'
        '"05/02/2018","10:11:12","CET","Acme","Express Checkout Payment","Completed","EUR","100,00",'
        '"-3,20","96,80","a@x","b@x","9AB","96,80"\n'
        '"06/02/2018","10:11:12","CET","Blue Door","General Payment","Completed","EUR","-4,50","0,'
        '00","-4,50","b@x","a@x","9AC","92,30"\n',
        "2018-02-05 96.80; 2018-02-06 -4.50",
        "EUR",
    ),
    "Internet account, directions and two amounts": Layout(
        "ID,Status,Direction,Created on,Finished on,Source fee amount,Source fee currency,"
        "Target fee amount,Target fee currency,Source name,Source amount (after fees),"
        "Source currency,Target name,Target amount (after fees),Target currency,Exchange rate,"
        "Reference,Batch\n"
        "TRANSFER-1,COMPLETED,OUT,2018-02-05 10:11:12,2018-02-05 10:11:13,0.00,EUR,,,Ann,4.50,EUR,"
        "Blue Door,4.50,EUR,1.0,coffee,\n"
        "TRANSFER-2,COMPLETED,IN,2018-02-03 10:11:12,2018-02-03 10:11:13,0.00,EUR,,,Acme,1200.00,EUR,"
        "Ann,1200.00,EUR,1.0,invoice,\n",
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "EUR",
    ),
    "Internet account, amount and balance with a code": Layout(
        '"TransferWise ID",Date,Amount,Currency,Description,"Payment Reference","Running Balance",'
        '"Exchange From","Exchange To","Exchange Rate","Payer Name","Payee Name",'
        '"Payee Account Number",Merchant,"Total fees"\n'
        'CARD-1,05-02-2018,-4.50,GBP,"Card transaction",,1195.50,,,,,,,Blue Door,0.00\n'
        'TRANSFER-2,03-02-2018,1200.00,GBP,"Received money",INV,1200.00,,,,Acme,,,,0.00\n',
        "2018-02-05 -4.50; 2018-02-03 1200.00",
        "GBP",
    ),
    "Internet account, gross, fee and net in German": Layout(
        '"Datum","Uhrzeit","Zeitzone","Name","Typ","Status","Währung","Brutto","Gebühr","Netto",'
        '"Absender E-Mail-Adresse","Transaktionscode","Guthaben"\n'
        '"05.02.2018","10:11:12","CET","Blaue Tür","Zahlung","Abgeschlossen","EUR","-4,50","0,00",'
        '"-4,50","a@x","9A","95,50"\n'
        '"06.02.2018","10:11:12","CET","Acme","Zahlung","Abgeschlossen","EUR","100,00","-3,20","96,'
        '80","b@x","9B","192,30"\n',
        "2018-02-05 -4.50; 2018-02-06 96.80",
        "EUR",
    ),
    "Internet account, charges and payouts": Layout(
        "id,Type,Source,Amount,Fee,Destination Platform Fee,Net,Currency,Created (UTC),"
        "Available On (UTC),Description\n"
        "txn_1,charge,ch_1,100.00,3.20,,96.80,eur,2018-02-05 10:11,2018-02-12 00:00,Acme\n"
        "txn_2,payout,po_1,-96.80,0.00,,-96.80,eur,2018-02-13 10:11,2018-02-13 00:00,PAYOUT\n",
        "2018-02-05 96.80; 2018-02-13 -96.80",
        "EUR",
    ),
    "Kenya, completion time": Layout(
        "Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance\n"
        "AB1,2018-02-05 10:11:12,Pay BLUE DOOR,Completed,,-4.50,95.50\n"
        "AB2,2018-02-06 10:11:12,ACME,Completed,1200.00,,1295.50\n",
        "2018-02-05 -4.50; 2018-02-06 1200.00",
    ),
    "Mexico": Layout(
        "Día,Concepto / Referencia,cargo,Abono,Saldo\n"
        "05-02-2018,PUERTA AZUL,4.50,,95.50\n"
        '16-02-2018,ACME,,"1,200.00","1,295.50"\n',
        "2018-02-05 -4.50; 2018-02-16 1200.00",
    ),
    "Chile, thousands only": Layout(
        "Fecha;Descripción;N° Documento;Cargos;Abonos;Saldo\n"
        "05/02/2018;PUERTA AZUL;1;4.500;;95.500\n"
        "06/02/2018;ACME;2;;120.000;215.500\n",
        "2018-02-05 -4500; 2018-02-06 120000",
    ),
    "Brazil, a card that prints charges without a sign": Layout(
        "date,category,title,amount\n"
        "2018-02-05,mercado,PORTA AZUL,4.50\n"
        "2018-02-07,transporte,POSTO,20.00\n"
        "2018-02-13,,Pagamento recebido,-24.50\n",
        "2018-02-05 -4.50; 2018-02-07 -20.00; 2018-02-13 24.50",
    ),
}
