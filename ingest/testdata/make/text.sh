#!/bin/sh
# Writes the files of ../text with printf, iconv, gzip and zip: sh text.sh ../text
set -e
cd "$1"
rm -f ./*
nbsp=$(printf '\302\240')

# Encodings.
table='account_id,client,bill to client,note
180012345,Birch Ltd,yes,first
180012346,Müller & Söhne GmbH,no,Straße 5
180012347,Café Añejo,yes,10 € “net”
'
printf '%s' "$table" >utf8.csv
printf '\357\273\277%s' "$table" >utf8-mark.csv
printf '\357\273\277"account_id","client"\n"180012345","a quoted header behind a mark"\n' >utf8-mark-quoted.csv
for e in UTF-16LE UTF-16BE UTF-16 UTF-32LE CP1252 CP850 CP1250 MACINTOSH; do
	printf '%s' "$table" | iconv -f UTF-8 -t "$e//TRANSLIT" >"$(echo $e | tr A-Z a-z).csv"
done
printf '\377\376' | cat - utf-16le.csv >utf-16le-mark.csv
printf '\376\377' | cat - utf-16be.csv >utf-16be-mark.csv
printf 'account_id,client\n180012345,株式会社さくら\n180012346,ひのき商店\n' | iconv -t SHIFT_JIS >shift-jis.csv
printf 'account_id,client\n180012345,株式会社さくら\n180012346,ひのき商店\n' | iconv -t EUC-JP >euc-jp.csv
printf 'account_id,client\n180012345,Клён\n' | iconv -t CP1251 >cp1251.csv
printf 'account_id,client\n180012345,"10 €"\n' | iconv -t ISO-8859-15 >iso-8859-15.csv
printf 'account_id,client\n180012345,good: é\n180012346,bad: \377\n' >utf8-bad-byte.csv
printf 'account_id,client\n180012345,é and \351 in one file\n' >utf8-and-cp1252.csv
printf 'account_id,client\n180012345,\201 is no letter of windows-1252\n' >cp1252-hole.csv
printf '\377\376a\000c\000c\000o\000u\000n\000t\000_\000i\000d\000\n\0001\000\n\000\000\3332\000\n\000' >utf-16le-lone-surrogate.csv
printf '\377\376a\000c\000c\000o\000u\000n\000t\000_\000i\000d\000\n\0001\000\n\0002' >utf-16le-half-unit.csv
printf 'account_id,client\n180012345,a\000b\n' >nul.csv

# Dialects.
printf 'account_id;client;note\n180012345;"Birch; Ltd";1,5\n180012346;Alder Ltd;2,5\n' >semicolon.csv
printf 'account_id\tclient\tnote\n180012345\tBirch, Ltd\tx\n' >tab.tsv
printf 'account_id|client|note\n180012345|Birch, Ltd; sons|x\n' >pipe.txt
printf 'sep=;\r\naccount_id;client\r\n180012345;Birch, Ltd\r\nx;y\r\n' >sep.csv
printf '"sep=|"\naccount_id|client\n180012345|Birch, Ltd\n' >sep-quoted.csv
printf 'account_id\n180012345\n180012346\n' >one-column.csv
printf 'account_id,client\r\n180012345,Birch Ltd\r\n180012346,"two\r\nlines"\r\nx,y\r\n' >crlf.csv
printf 'account_id,client\r180012345,Birch Ltd\r180012346,"two\rlines"\rx,y\r' >cr.csv
printf 'account_id,client\r\n180012345,a\n180012346,b\r\n\rx,y\n' >mixed-ends.csv
printf 'account_id,client\n180012345,no line end' >no-last-end.csv
printf 'account_id,client,note\n180012345,"say ""yes""","a\nb\n\nc"\n180012346,5" pipe,6" pipe\nx,y,z\n' >quotes.csv
printf 'account_id,client\n180012345,"never closed\n180012346,b\n180012347,c\n' >unclosed.csv
printf 'account_id,client\n180012345,"closed" too early\n180012346,b\n' >after-quote.csv
printf 'account_id,client,note\n180012345\n180012346,b,c,,,\n180012347,b,c,d\n,,,\n180012348,Birch, Ltd,c\n' >ragged.csv
printf 'account_id,client,,\n180012345,a,,\n180012346,b,,\n' >trailing-delimiters.csv
printf '\n\n  \naccount_id,client\n\n180012345,a\n , \n\n\nx,b\n\n' >blank-lines.csv

# Finding the table.
printf 'Client onboarding\nPrepared 1 November 2026;\n\nAccount ID,Client,Bill to client\n180012345,Birch Ltd,yes\nAccount ID,Client,Bill to client\n180012346,Alder Ltd,no\nTotal,2,\n' >title-and-total.csv
printf 'Account ID,Client,Budget\n180012345,Birch Ltd,10\nTotal,,10\n180012346,Total Ltd,20\n,Grand total,30\n' >total-with-id.csv
printf 'acount_id,client\n180012345,Birch Ltd\n' >misspelt-header.csv
printf 'client,city\nBirch Ltd,Riverton\n' >no-identifier.csv
printf 'Account ID,Account Id,client\n180012345,180012346,Birch Ltd\n' >header-twice.csv
printf '180012345,Birch Ltd\n180012346,Alder Ltd\n' >no-header.csv
printf 'Compte client;Numéro de compte;Nom du client;Date de début;Facturer au client\n180012345;X1234567;Érable SARL;2026-12-01;oui\n' >french.csv
printf 'ID de cuenta;Número de cuenta;Nombre del cliente;Acción;Fecha de inicio;Facturar al cliente\n180012345;X1234567;Arce SL;link;2026-12-01;sí\n' >spanish.csv
printf 'ID da conta;Número da conta;Nome do cliente;Ação;Data de início;Cobrar do cliente\n180012345;X1234567;Bordo Lda;link;2026-12-01;não\n' >portuguese.csv
printf 'Konto-ID;Kontonummer;Kunde;Aktion;Startdatum\n180012345;X1234567;Ahorn GmbH;link;2026-12-01\n' >german.csv
printf 'アカウントID,アカウント番号,クライアント名,開始日\n180012345,X1234567,株式会社さくら,2026-12-01\n' >japanese.csv
printf 'Their key,client\n180012345,Birch Ltd\n' >mapped.csv
: >empty.csv
printf '\357\273\277' >mark-only.csv
printf 'account_id,client\n' >header-only.csv
printf '\n ,\n\n' >blank-only.csv

# Cells.
{
	echo 'account_id,note'
	for id in 180012345 ' 180012345 ' "${nbsp}180012345$nbsp" "'180012345" '#180012345' '180 012 345' '"180,012,345"' 180.012.345 180012345.0 180012345.5 1.80012345E8 1.8E+08 0180012345 -180012345 +180012345 0 9223372036854775807 9223372036854775808 １８００１２３４５ '180012345​' 180O12345 123-456-7890 X1234567 '#N/A' '#REF!' TRUE 'https://ads.example.com/?cid=7&aid=180012345' 'https://ui.ads.microsoft.com/campaign/vnext/campaigns?cid=250001&aid=180012345' 'https://ui.ads.microsoft.com/campaign/?cid=250001' 'aid=180012345' '180012345; 180012346' n/a -; do
		printf '%s,%s\n' "$id" "$(printf '%s' "$id" | tr -d '"' | tr ',' ' ' | sed 's/^=/ /')"
	done
} >identifiers.csv
{
	echo 'account_number,customer_number,note'
	for n in X1234567 x1234567 ' X1234567' 'X123 4567' "'X1234567" '#X1234567' 01234567 1234567 X123456 X12345678 C012345678 Ｘ１２３４５６７ X1234567. 180012345 1.2E+07 12E45678 '#N/A' X123-4567; do
		printf '%s,C012345678,"%s"\n' "$n" "$n"
	done
	printf 'X1234567,C01234567,short\nX1234568,X1234568,account number\n'
} >numbers.csv
{
	echo 'account_id,start_date'
	n=180012300
	for d in 2026-12-01 2026-12-01T08:30:00Z '2026-12-01 08:30' 2026-12-01T08:30:00+02:00 03/04/2026 25/12/2026 12/25/2026 1.12.2026 31.12.26 2026/12/01 20261201 46357 46357.5 '1 Dec 2026' 'December 1, 2026' 2026-02-30 2020-01-01 soon TBD 2026年12月1日; do
		n=$((n + 1))
		printf '%s,"%s"\n' $n "$d"
	done
} >dates.csv
{
	echo 'account_id,bill to client,suppress_notification'
	n=180012300
	for b in yes No TRUE false 1 0 y N oui non sí no ja nein sim não はい いいえ x ✓ maybe client agency; do
		n=$((n + 1))
		printf '%s,%s,%s\n' $n "$b" "$b"
	done
} >booleans.csv
printf 'account_id,client,Who pays?\n180012345,Birch Ltd,yes\n180012346,Alder Ltd,client\n180012347,Cedar Ltd,agency\n180012348,Elm Ltd,no\n180012349,Fir Ltd,us\n' >who-pays.csv
{
	echo 'account_id,client,name,note'
	echo '180012301,forty characters,ééééééééééééééééééééééééééééééééééééééééé'
	echo '180012302,exactly forty,éééééééééééééééééééééééééééééééééééééééé,ok'
	printf '180012303,line break,"a\nb","c\nd"\n'
	echo '180012304,emoji 👩‍👩‍👧,👩‍👩‍👧 family,✅'
	echo '180012305,right to left שקמה בע״מ,حور,‏ok'
	printf '180012306,control,be\007ll,esc\033[31m\n'
	echo '180012307,=cmd|x,=1+1,"=HYPERLINK(""https://example.com"")"'
	echo '180012308,+1,-1,@x'
	printf '180012309,tab,"a\tb",ok\n'
} >names-and-notes.csv
printf 'account_id,account_number,action,type,permission,client\n180012345,,frobnicate,,,unknown action\n,,link,,,no identifier\n180012346,C012345678,link,,,manager number\n,C012345678,link,CustomerLink,Admin,customer link\n180012347,,link,Campaign,,unknown type\n180012348,,link,,Standard,permission on an account link\nX1234567,180012349,link,,,the columns exchanged\n' >rules.csv
printf 'account_id,client\n180012345,Birch Ltd\n180012346,Alder Ltd\n180012345,Birch Ltd\n' >twice.csv

# Other formats, and names that lie.
printf '{"account_id": 180012345}\n' >object.json
printf '<html><body><table><tr><td>account_id</td></tr><tr><td>180012345</td></tr></table></body></html>\n' >page.csv
printf '%%PDF-1.4\n1 0 obj\n<<>>\nendobj\n' >page.pdf
printf '<?xml version="1.0"?><clients><account_id>180012345</account_id></clients>\n' >data.xml
cp utf8.csv text-named.xlsx
gzip -nkc utf8.csv >packed.csv.gz
zip -qX packed.zip utf8.csv
head -c 300 /dev/zero >zeros.csv
printf '\211PNG\r\n\032\n\000\000\000\rIHDR' >picture.png
