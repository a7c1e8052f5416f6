package ingest

import (
	"strconv"
	"strings"
)

// maxNumberDigits is how many digits a number cell of a spreadsheet keeps; it
// silently turns the others into zeros.
const maxNumberDigits = 15

// splitNumber takes a decimal number apart: sign and digits before the point,
// digits after it, exponent with its sign. It reports false for any other text.
func splitNumber(s string) (whole, fraction, exponent string, ok bool) {
	mantissa, exponent, hasExponent := strings.Cut(strings.ToUpper(s), "E")
	whole, fraction, hasPoint := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole, "+-")
	if len(whole)-len(digits) > 1 || (digits != "" && !allDigits(digits)) || (digits == "" && fraction == "") {
		return "", "", "", false
	}
	if hasPoint && fraction != "" && !allDigits(fraction) {
		return "", "", "", false
	}
	if hasExponent {
		if e := strings.TrimLeft(exponent, "+-"); len(exponent)-len(e) > 1 || !allDigits(e) {
			return "", "", "", false
		}
	}
	return whole, fraction, exponent, true
}

// plainNumber is the raw value of a number cell in plain decimal digits,
// computed on the text and never through a float for a whole number: 1.8E8 is
// 180000000. A whole number of more than 15 digits comes back as it is written,
// as longNumber. A text that is not a number comes back as textCell.
func plainNumber(raw string) (string, kind) {
	raw = strings.TrimSpace(raw)
	if len(raw) <= maxNumberDigits && allDigits(raw) {
		return raw, numberCell
	}
	whole, fraction, exponent, ok := splitNumber(raw)
	if !ok {
		return raw, textCell
	}
	digits, sign := strings.TrimLeft(whole, "+-"), ""
	if strings.HasPrefix(whole, "-") {
		sign = "-"
	}
	shift, err := strconv.Atoi(strings.TrimPrefix(exponent, "+"))
	if exponent != "" && (err != nil || shift > 400 || shift < -400) {
		return raw, textCell
	}
	if shift < 0 {
		shift = max(shift, -len(digits))
		if strings.Trim(digits[len(digits)+shift:], "0") != "" || strings.Trim(fraction, "0") != "" {
			return fractional(raw), numberCell
		}
		digits, fraction, shift = digits[:len(digits)+shift], "", 0
	}
	fraction = strings.TrimRight(fraction, "0")
	if len(fraction) > shift {
		return fractional(raw), numberCell
	}
	digits = strings.TrimLeft(digits+fraction+strings.Repeat("0", shift-len(fraction)), "0")
	switch {
	case len(digits) > maxNumberDigits:
		return raw, longNumber
	case digits == "":
		return "0", numberCell
	}
	return sign + digits, numberCell
}

// fractional is a number that is not whole, with the 15 digits that a
// spreadsheet shows. No identifier gets here.
func fractional(raw string) string {
	value, err := strconv.ParseFloat(raw, 64)
	if err != nil {
		return raw
	}
	value, err = strconv.ParseFloat(strconv.FormatFloat(value, 'g', maxNumberDigits, 64), 64)
	if err != nil {
		return raw
	}
	// An integral result ("180012344.99999999" shown as 180012345) would pass
	// for the id that it is not.
	if text := strconv.FormatFloat(value, 'f', -1, 64); strings.Contains(text, ".") {
		return text
	}
	return raw
}
