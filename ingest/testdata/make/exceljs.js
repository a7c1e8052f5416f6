// Writes the workbooks of ../exceljs with exceljs 4.4.0: node exceljs.js ../exceljs
const Excel = require('exceljs');
const { header, rows, day } = require('./rows.js');
const dir = process.argv[2];

function book() {
  const b = new Excel.Workbook();
  b.creator = b.lastModifiedBy = '';
  b.created = b.modified = day('2026-11-01');
  return b;
}
const save = (b, name) => b.xlsx.writeFile(`${dir}/${name}`);

async function plain() {
  const b = book(), s = b.addWorksheet('Clients');
  s.addRow(header);
  rows.forEach(r => s.addRow(r && r.map((c, i) => (i === 5 && c ? day(c) : c))));
  s.getColumn(6).numFmt = 'dd/mm/yyyy';
  await save(b, 'plain.xlsx');
}

async function streamed() {
  for (const shared of [true, false]) {
    const b = new Excel.stream.xlsx.WorkbookWriter({ filename: `${dir}/streamed-${shared ? 'shared' : 'inline'}.xlsx`, useSharedStrings: shared });
    const s = b.addWorksheet('Clients');
    s.addRow(header).commit();
    rows.forEach(r => s.addRow(r || []).commit());
    s.commit();
    await b.commit();
  }
}

async function richText() {
  const b = book(), s = b.addWorksheet('Clients');
  s.addRow(header);
  s.addRow([180012345, { richText: [{ text: 'X123' }, { font: { bold: true }, text: '4567' }] }, { richText: [{ text: 'Birch ' }, { font: { italic: true }, text: 'Ltd' }] }, 'link', 'yes']);
  s.addRow([{ text: '180012346', hyperlink: 'https://ads.example.com/?aid=180012346' }, '', 'Linked', 'link', 'no']);
  s.getCell('C3').note = 'a comment that is no cell';
  await save(b, 'rich-text.xlsx');
}

async function formulas() {
  const b = book(), s = b.addWorksheet('Clients');
  s.addRow(['account_id', 'client', 'bill to client']);
  s.addRow([{ formula: '180012000+345', result: 180012345 }, { formula: 'CONCATENATE("Birch"," Ltd")', result: 'Birch Ltd' }, 'yes']);
  s.addRow([{ formula: '180012000+346' }, 'No cached value', 'yes']);
  s.addRow([{ formula: 'VLOOKUP(9,A1:B2,2,FALSE)', result: { error: '#N/A' } }, 'Error', 'yes']);
  s.addRow([180012348, { formula: '1/0', result: { error: '#DIV/0!' } }, { formula: '1=1', result: true }]);
  await save(b, 'formulas.xlsx');
}

async function layout() {
  const b = book(), s = b.addWorksheet('Clients', { views: [{ state: 'frozen', ySplit: 4 }] });
  s.addRow(['Quarterly onboarding']);
  s.mergeCells('A1:D1');
  s.addRow(['Prepared for the client team']);
  s.addRow([]);
  s.addRow(['account_id', 'client', 'action', 'bill to client']);
  s.addRow([180012345, 'Birch Ltd', 'link', 'yes']);
  s.addRow([180012346, 'Hidden Ltd', 'link', 'yes']).hidden = true;
  s.addRow([180012347, 'Merged Ltd', 'link', 'yes']);
  s.addRow([null, 'Merged Ltd, second office', 'link', 'yes']);
  s.mergeCells('A7:A8');
  s.addRow(['TOTAL', '4 clients']);
  s.getColumn(3).hidden = true;
  s.autoFilter = 'A4:D4';
  await save(b, 'layout.xlsx');
}

async function sheets() {
  const b = book();
  b.addWorksheet('Cover').addRow(['Client onboarding']);
  const old = b.addWorksheet('Old', { state: 'hidden' });
  old.addRow(header);
  old.addRow(rows[0]);
  const s = b.addWorksheet('Roster');
  s.addRow(['Account ID', 'Client', 'Bill to client']);
  s.addRow([180012346, 'Second sheet', 'no']);
  const other = b.addWorksheet('Spare');
  other.addRow(['Account ID', 'Client']);
  other.addRow([180012399, 'Another sheet']);
  await save(b, 'sheets.xlsx');
}

Promise.all([plain(), streamed(), richText(), formulas(), layout(), sheets()]);
