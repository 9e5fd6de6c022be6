package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// published is the archive of misskey-js 2026.5.1.
func published() string {
	return filepath.Join(root, "gen", "dts", "testdata", "misskey-js-2026.5.1.tgz")
}

// unpack makes an empty working directory with the package in it.
func unpack(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	f, err := os.Open(published())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for files := tar.NewReader(unzipped); ; {
		header, err := files.Next()
		if err == io.EOF {
			return
		}
		text, readErr := io.ReadAll(files)
		if err := errors.Join(err, readErr); err != nil {
			t.Fatal(err)
		}
		write(t, header.Name, string(text))
	}
}

func TestCompareThePublishedPackage(t *testing.T) {
	unpack(t)
	for _, name := range []string{published(), "package", filepath.Join("package", "built")} {
		stdout, stderr := call(t, exitOK, "import", "dts", "--compare", name)
		contains(t, stdout, "misskey-js", " and the spec misskey differ: 0 new, ", " accepted, 0 stale\n")
		if strings.Count(stdout, "\n") != 1 || stderr != "" {
			t.Errorf("%s: printed %q and %q", name, stdout, stderr)
		}
	}
	stdout, _ := call(t, exitOK, "import", "dts", "-compare", "-v", published())
	contains(t, stdout,
		"accepted channels.userList.events.userAdded: an event of the spec's that upstream has not: UserLite\n    The server sends it on the list channel",
		"accepted channels.main.events.meUpdated: upstream says UserDetailed, the spec says MeDetailed\n")
}

// report is what a comparison prints with -json.
type report struct {
	Command, Upstream, Spec string
	New                     []difference
	Accepted                []difference
	Stale                   []struct {
		Path, Upstream, Spec, Reason string
		Place                        *posJSON
	}
}

type difference struct {
	Kind, Path, What, Upstream, Spec, Reason string
	UpstreamPlace, SpecPlace                 *posJSON
}

func compareAsJSON(t *testing.T, want int, args ...string) report {
	t.Helper()
	stdout, stderr := call(t, want, append([]string{"import", "dts", "-compare", "-json"}, args...)...)
	if stderr != "" {
		t.Errorf("printed %q to standard error", stderr)
	}
	var r report
	d := json.NewDecoder(strings.NewReader(stdout))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		t.Fatal(err)
	}
	if r.New == nil || r.Accepted == nil || r.Stale == nil {
		t.Errorf("a list is null: %s", stdout)
	}
	return r
}

// TestCompareAnAlteredPackage alters a channel, an event and a parameter, and
// wants these three reported and nothing else.
func TestCompareAnAlteredPackage(t *testing.T) {
	unpack(t)
	const file = "package/built/streaming.types.d.ts"
	edit(t, file, "    roleTimeline: {\n", "    bubbleTimeline: {\n        params: null;\n        events: {\n            note: (payload: Note) => void;\n        };\n        receives: null;\n    };\n    roleTimeline: {\n")
	edit(t, file, "            mention: (payload: Note) => void;\n", "            mention: (payload: Note[]) => void;\n")
	edit(t, file, "            antennaId: string;\n", "            antennaId?: string;\n")

	stdout, stderr := call(t, exitFaults, "import", "dts", "--compare", "package")
	const want = `new channels.antenna.params.antennaId: upstream says optional string, the spec says string
    package/built/streaming.types.d.ts:125:13
    misskey/channels.yaml:`
	contains(t, stdout, want,
		"new channels.bubbleTimeline: a channel of upstream's that the spec has not\n    package/built/streaming.types.d.ts:107:5\n",
		"new channels.main.events.mention: upstream says Note[], the spec says Note\n    package/built/streaming.types.d.ts:13:13\n",
		"misskey-js 2026.5.1 and the spec misskey differ: 3 new, ")
	if n := strings.Count("\n"+stdout, "\nnew "); n != 3 {
		t.Errorf("%d new differences:\n%s", n, stdout)
	}
	contains(t, stderr, "misskeygen import dts: ", "reason")

	r := compareAsJSON(t, exitFaults, "package")
	var paths []string
	for _, d := range r.New {
		paths = append(paths, d.Kind+" "+d.Path)
	}
	if want := []string{"differs channels.antenna.params.antennaId", "missing channels.bubbleTimeline", "differs channels.main.events.mention"}; !slices.Equal(paths, want) {
		t.Errorf("new are %q, want %q", paths, want)
	}
	if d := r.New[1]; d.SpecPlace != nil || d.UpstreamPlace == nil || d.UpstreamPlace.Line != 107 || d.What != "a channel" {
		t.Errorf("the channel is reported as %+v", d)
	}
	if r.Command != "import dts" || r.Upstream != "misskey-js 2026.5.1" || r.Spec != "misskey" || len(r.Stale) != 0 {
		t.Errorf("%s of %s and %s with %d stale", r.Command, r.Upstream, r.Spec, len(r.Stale))
	}
	if i := slices.IndexFunc(r.Accepted, func(d difference) bool { return d.Reason == "" }); i >= 0 || len(r.Accepted) == 0 {
		t.Errorf("%d accepted, one without a reason: %d", len(r.Accepted), i)
	}
}

func TestCompareWithAFileOfOnesOwn(t *testing.T) {
	unpack(t)
	write(t, "none.yaml", "accepted: []\n")
	all := compareAsJSON(t, exitFaults, "-accept", "none.yaml", "package").New

	known, err := os.ReadFile(filepath.Join(root, "gen", "upstream", "accepted.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, "known.yaml", string(known)+"  - reason: It was so once.\n    at:\n      channels.main.events.poked: {upstream: string}\n")
	r := compareAsJSON(t, exitFaults, "-accept", "known.yaml", "package")
	if len(r.New) != 0 || len(r.Accepted) != len(all) || len(r.Stale) != 1 || r.Stale[0].Path != "channels.main.events.poked" {
		t.Errorf("%d new, %d of %d accepted, stale %+v", len(r.New), len(r.Accepted), len(all), r.Stale)
	}
	stdout, _ := call(t, exitFaults, "import", "dts", "-compare", "-accept", "known.yaml", "package")
	contains(t, stdout, "stale channels.main.events.poked: it was accepted that only upstream has it, which is no longer so\n    known.yaml:")

	write(t, "bad.yaml", "accepted:\n  - {reason: R., at: {a: {upstraem: x}}}\n")
	_, stderr := call(t, exitFaults, "import", "dts", "-compare", "-accept", "bad.yaml", "package")
	contains(t, stderr, "bad.yaml:2:27: ", "did you mean \"upstream\"?")
	_, stderr = call(t, exitUsage, "import", "dts", "-compare", "-accept", "nowhere.yaml", "package")
	contains(t, stderr, "nowhere.yaml:1:1: ")
}

func TestCompareWithASpecOfOnesOwn(t *testing.T) {
	unpack(t)
	if err := os.CopyFS("myfork", os.DirFS(filepath.Join(root, "spec", "misskey"))); err != nil {
		t.Fatal(err)
	}
	edit(t, "myfork/channels.yaml", "      antennaId: ", "      antennaID: ")
	stdout, _ := call(t, exitFaults, "import", "dts", "-compare", "-spec", "./myfork", "package")
	contains(t, stdout, "\n    myfork/channels.yaml:", "2 new, ",
		"channels.antenna.params.antennaId: a parameter of upstream's that the spec has not: string\n",
		"channels.antenna.params.antennaID: a parameter of the spec's that upstream has not: string\n")
}

func TestImportDTSPrintsASeed(t *testing.T) {
	unpack(t)
	stdout, stderr := call(t, exitOK, "import", "dts", "package")
	contains(t, stdout, "channels:\n  main:\n", "\ncaptures:\n  note:\n", "\nbroadcasts:\n", "\ntypes:\n  PageID: {id: true}\n")
	contains(t, stderr, "entities that import openapi declares: Announcement, ")
	seed := stdout
	stdout, _ = call(t, exitOK, "import", "dts", "-o", "channels.yaml", published())
	if text, err := os.ReadFile("channels.yaml"); stdout != "" || err != nil || string(text) != seed {
		t.Errorf("printed %q, wrote another seed, or none: %v", stdout, err)
	}
	_, stderr = call(t, exitUsage, "import", "dts", "-o", "channels.yaml", "package")
	contains(t, stderr, "channels.yaml exists")
}

func TestImportDTSFromStandardInput(t *testing.T) {
	f, err := os.Open(published())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out, errs bytes.Buffer
	if got := run([]string{"import", "dts", "-compare", "-"}, f, &out, &errs, func(string) string { return "" }); got != exitOK {
		t.Errorf("exits with %d\n%s%s", got, &out, &errs)
	}
}

func TestImportDTSFailsLoudly(t *testing.T) {
	unpack(t)
	const file = "package/built/streaming.types.d.ts"
	edit(t, file, "            antennaId: string;\n", "            antennaId: `a${string}`;\n")
	edit(t, file, "            reply: (payload: Note) => void;\n", "            reply: (payload: Nota) => void;\n")
	for _, args := range [][]string{{"-compare"}, nil} {
		stdout, stderr := call(t, exitFaults, append([]string{"import", "dts", "package"}, args...)...)
		contains(t, stderr, file+":118:24: the character '`' is not known here [DT002]\n", "antennaId: `a${string}`;\n", "^\n")
		if stdout != "" {
			t.Errorf("printed %q", stdout)
		}
	}
	edit(t, file, "`a${string}`", "string")
	_, stderr := call(t, exitFaults, "import", "dts", "package")
	contains(t, stderr, file+":14:30: there is no type \"Nota\" [DT007]\n")
	stdout, _ := call(t, exitFaults, "import", "dts", "-json", "-compare", "package")
	contains(t, stdout, `"code": "DT007"`, `"line": 14`)
}

func TestWrongCallsOfImportDTS(t *testing.T) {
	unpack(t)
	write(t, "text.tgz", "no archive")
	write(t, "empty/readme", "")
	for _, tt := range []struct{ args, want string }{
		{"", "want one package, got 0"},
		{"a b", "want one package, got 2"},
		{"nowhere", "nowhere"},
		{"text.tgz", "gzip"},
		{"empty", "streaming.types.d.ts"},
		{"-v package", "-v is of no use without -compare"},
		{"-json package", "-json is of no use without -compare"},
		{"-spec misskey package", "-spec is of no use without -compare"},
		{"-compare -o x package", "-o is of no use with -compare"},
		{"-compare -spec misskye package", "did you mean misskey?"},
		{"-accpet x package", "did you mean -accept?"},
	} {
		stdout, stderr := call(t, exitUsage, append([]string{"import", "dts"}, strings.Fields(tt.args)...)...)
		contains(t, stdout+stderr, tt.want)
	}
	if _, err := os.Stat("x"); err == nil {
		t.Error("a wrong call wrote a file")
	}
}
