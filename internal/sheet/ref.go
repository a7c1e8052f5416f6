package sheet

import "slices"

// Letters names the column with index i of a sheet: A, Z, AA.
func Letters(i int) string {
	var letters []byte
	for i++; i > 0; i = (i - 1) / 26 {
		letters = append(letters, byte('A'+(i-1)%26))
	}
	slices.Reverse(letters)
	return string(letters)
}
