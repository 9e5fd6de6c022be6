package spec

import (
	"regexp"
	"testing"
)

func TestColouredDiagnostic(t *testing.T) {
	d := &Diagnostic{
		Pos: Pos{"a.yaml", 3, 4}, Code: CodeUnknownSet, Message: "there is no event set", Hint: "Declare it.", Source: "日本 x",
	}
	const want = "\x1b[1ma.yaml:3:4:\x1b[0m there is no event set \x1b[33m[SP019]\x1b[0m\n" +
		"    日本 x\n         \x1b[1;31m^\x1b[0m\n    \x1b[36mDeclare it.\x1b[0m"
	if got := d.Coloured(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	two := Diagnostics{d, {Pos: Pos{"b.yaml", 1, 1}, Code: CodeEmpty, Message: "the file is empty"}}
	uncolour := regexp.MustCompile("\x1b\\[[0-9;]*m")
	if got := uncolour.ReplaceAllString(two.Coloured(), ""); got != two.Error() {
		t.Errorf("without its colours it is\n%s\nand not\n%s", got, two.Error())
	}
}
