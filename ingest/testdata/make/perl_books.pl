# Writes the files of ../perl with Excel::Writer::XLSX 1.10 and
# Spreadsheet::WriteExcel 2.40: perl perl_books.pl ../perl
use strict;
use warnings;
use utf8;
use Excel::Writer::XLSX;
use Spreadsheet::WriteExcel;

my $folder = shift;
my @rows = (
    ['Account ID', 'Account Number', 'Client', 'Action', 'Bill to client', 'Start date'],
    [180012345, 'X1234567', 'Birch Ltd', 'link', 'yes', '2026-12-01T'],
    [180012346, 'x7654321', 'Müller & Söhne GmbH', 'add', 'no', '2027-01-15T'],
    ['180012347', '', 'Café Añejo, S.A.', 'unlink', '', ''],
);

sub fill {
    my ($book, $sheet) = @_;
    my $day = $book->add_format(num_format => 'yyyy-mm-dd');
    for my $i (0 .. $#rows) {
        for my $j (0 .. $#{ $rows[$i] }) {
            my $value = $rows[$i][$j];
            $value =~ /T$/ ? $sheet->write_date_time($i, $j, $value, $day) : $sheet->write($i, $j, $value);
        }
    }
}

for my $kind ([Excel => 'plain.xlsx'], [Old => 'plain.xls']) {
    my $name = "$folder/$kind->[1]";
    my $book = $kind->[0] eq 'Old' ? Spreadsheet::WriteExcel->new($name) : Excel::Writer::XLSX->new($name);
    fill($book, $book->add_worksheet('Clients'));
    $book->close();
}

my $book = Excel::Writer::XLSX->new("$folder/optimized.xlsx");
$book->set_optimization();
fill($book, $book->add_worksheet('Clients'));
$book->close();

$book = Excel::Writer::XLSX->new("$folder/strings-and-urls.xlsx");
my $sheet = $book->add_worksheet('Clients');
$sheet->write_row(0, 0, ['Account ID', 'Client', 'Bill to client']);
$sheet->write_string(1, 0, "'180012345");
$sheet->write_string(1, 1, 'apostrophe');
$sheet->write_string(2, 0, '180,012,346');
$sheet->write_string(2, 1, 'separators');
$sheet->write_url(3, 0, 'https://ui.ads.microsoft.com/campaign/vnext/campaigns?cid=250001&aid=180012347');
$sheet->write_string(3, 1, 'pasted address');
$sheet->write_string(4, 0, '１８００１２３４８');
$sheet->write_string(4, 1, 'full-width digits');
$sheet->write_string(5, 0, '180012349.0');
$sheet->write_string(5, 1, 'decimal point');
$sheet->write_string(6, 0, '123-456-7890');
$sheet->write_string(6, 1, 'another network');
$sheet->write_string($_, 2, 'yes') for 1 .. 6;
$book->close();
