//go:build ignore

// Writes ../excelize/password.xlsx with excelize 2.11.0: go run excelize.go
package main

import (
	"log"

	"github.com/xuri/excelize/v2"
)

func main() {
	f := excelize.NewFile()
	for i, row := range [][]any{{"account_id", "client"}, {180012345, "Birch Ltd"}} {
		if err := f.SetSheetRow("Sheet1", []string{"A1", "A2"}[i], &row); err != nil {
			log.Fatal(err)
		}
	}
	if err := f.SaveAs("../excelize/password.xlsx", excelize.Options{Password: "correct horse"}); err != nil {
		log.Fatal(err)
	}
}
