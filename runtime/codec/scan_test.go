package codec

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzScan holds the scanner to encoding/json: what is JSON, and what a string
// or a number says. A text that is not UTF-8 is none to the scanner, where
// encoding/json replaces what is not.
func FuzzScan(f *testing.F) {
	for _, text := range []string{
		`{"a":[1,-0.5e+3,true,false,null,"x\né\ud83d\ude00\ud83dx\ude00"],"":{}}`, ` [ ] `, `{ "a" : 1 , "b":2}`, "\t\"\u00e9\"\n",
		`01`, `-`, `1.`, `1e`, `.5`, `+1`, `1 2`, `[1,]`, `{"a":1,}`, `{,}`, `{"a"}`, `{a:1}`, `[1 2]`, `"\x"`, `"\u12"`, `"\u12g4"`, "\"\x1f\"", "\"\x7f\"",
		`tru`, `nul`, `nulll`, `TRUE`, `"`, `"abc`, `"\`, `{"a":"` + strings.Repeat("long ", 50) + `\t"}`, `9223372036854775807`, `-9223372036854775808`,
		`9223372036854775808`, `1e3`, `1.0`, `45977580822859775808`, `"\ud800\ud800\udc00"`, `"\uD83D\uDE00"`, ``, ` `, `1}`, `"12345678\\12345678\""`,
		`[1,2,-3,40]`, `[a,1]`, `[1,:,2]`, `[/,1]`, `[0,9,00]`, `[9,]`, `[null,1]`,
		"\"\xff\"", "{\"\xc3\":1}", "\"1234567é\"", "[\"12345678\\n\xe3\x81\"]", "\xc3\xa9",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := NewDecoder(text, nil)
		err := d.Skip()
		if err == nil {
			err = d.End()
		}
		if valid := json.Valid([]byte(text)) && utf8.ValidString(text); valid != (err == nil) {
			t.Fatalf("encoding/json finds it valid: %v; the scanner: %v: %q", valid, err, text)
		}
		holdIntegers(t, text)
		if err != nil {
			return
		}
		d.Reset(text)
		switch c := d.scan.next(); {
		case c == '"':
			var want string
			if err := json.Unmarshal([]byte(text), &want); err != nil {
				t.Fatal(err)
			}
			if got, err := d.String(); err != nil || got != want {
				t.Fatalf("%q is %q, %v; want %q", text, got, err, want)
			}
		case c == '-' || '0' <= c && c <= '9':
			holdNumber(t, text)
		}
	})
}

// holdIntegers reads a text as a list of whole numbers.
func holdIntegers(t *testing.T, text string) {
	t.Helper()
	var want []int64
	wantErr := json.Unmarshal([]byte(text), &want)
	var got []int64
	d := NewDecoder(text, nil)
	err := List(d, &got, (*Decoder).Int64)
	if err == nil {
		err = d.End()
	}
	if err == ErrNull || err == errNullElement || strings.ContainsAny(text, ".eE") {
		return // which encoding/json passes over, and refuses
	}
	if (err == nil) != (wantErr == nil) || err == nil && !slices.Equal(got, want) {
		t.Fatalf("%q is %v, %v; want %v, %v", text, got, err, want, wantErr)
	}
}

func holdNumber(t *testing.T, text string) {
	t.Helper()
	var want float64
	wantErr := json.Unmarshal([]byte(text), &want)
	got, err := NewDecoder(text, nil).Float64()
	if (err == nil) != (wantErr == nil) || err == nil && got != want {
		t.Fatalf("%s is %v, %v; want %v, %v", text, got, err, want, wantErr)
	}
	n, err := NewDecoder(text, nil).Int64()
	if strings.ContainsAny(text, ".eE") {
		if err == nil && float64(n) != want {
			t.Fatalf("%s is %d", text, n)
		}
		return
	}
	exact, _ := new(big.Int).SetString(strings.TrimSpace(text), 10)
	if exact.IsInt64() != (err == nil) || err == nil && n != exact.Int64() {
		t.Fatalf("%s is %d, %v", text, n, err)
	}
}
