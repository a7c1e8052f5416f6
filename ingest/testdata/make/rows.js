// The table that most of these files hold: text, numbers, a date, a line break,
// quotes, letters beyond ASCII, a blank row.
exports.header = ['Account ID', 'Account Number', 'Client', 'Action', 'Bill to client', 'Start date', 'Note'];
exports.rows = [
  [180012345, 'X1234567', 'Birch Ltd', 'link', 'yes', '2026-12-01', 'first'],
  [180012346, 'x7654321', 'Müller & Söhne GmbH', 'add', 'no', '2027-01-15', 'two lines\nin one cell'],
  ['180012347', '', 'Café Añejo, S.A.', 'unlink', '', '', 'a 5" pipe'],
  null,
  [180012348, 'F0000048', '株式会社さくら', 'accept', true, '', 'done 😀'],
];
exports.day = text => new Date(text + 'T00:00:00Z');
