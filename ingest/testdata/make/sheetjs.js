// Writes the files of ../sheetjs with SheetJS 0.18.5: node sheetjs.js ../sheetjs
const XLSX = require('xlsx');
const zahl = require('xlsx/dist/xlsx.zahl.js');
const { header, rows, day } = require('./rows.js');
const dir = process.argv[2];

const table = [header, ...rows.map(r => r || [])];
function book(cells, options) {
  const b = XLSX.utils.book_new();
  XLSX.utils.book_append_sheet(b, XLSX.utils.aoa_to_sheet(cells, options), 'Clients');
  return b;
}
const save = (b, name, options) => XLSX.writeFile(b, `${dir}/${name}`, options);

save(book(table), 'plain.xlsx');
save(book(table), 'shared-compressed.xlsx', { bookSST: true, compression: true });
save(book(table), 'plain.xlsm');
for (const type of ['xlsb', 'ods', 'fods', 'dif', 'html', 'rtf']) save(book(table), 'plain.' + type, { bookType: type });
save(book(table), 'symbolic.slk', { bookType: 'sylk' });
save(book(table), 'biff8.xls', { bookType: 'biff8' });
save(book(table), 'biff5.xls', { bookType: 'biff5' });
save(book(table), 'biff2.xls', { bookType: 'biff2' });
save(book(table), 'xml2003.xls', { bookType: 'xlml' });
save(book(table), 'html.xls', { bookType: 'html' });
save(book(table), 'plain.numbers', { bookType: 'numbers', numbers: zahl, compression: true });
save(book(table), 'plain.csv', { bookType: 'csv' });
save(book(table), 'unicode.txt', { bookType: 'txt' });

const dates = book([['account_id', 'start_date', 'bill to client'], [180012345, day('2026-12-01'), true], [180012346, day('2027-03-04'), false]], { cellDates: true });
save(dates, 'iso-dates.xlsx', { cellDates: true });

const numbers = XLSX.utils.aoa_to_sheet([['account_id', 'client', 'bill to client'], [180012345, 'shown as 1.8E+08', 'yes'], [180012346, 'shown with separators', 'yes'], [180012347.5, 'not whole', 'yes'], [1234567890123456, 'sixteen digits', 'yes'], [-5, 'negative', 'yes'], [0, 'zero', 'yes']]);
numbers.A2.z = '0.00E+00';
numbers.A3.z = '#,##0';
const b = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(b, numbers, 'Clients');
save(b, 'numbers.xlsx');
