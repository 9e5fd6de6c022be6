package gen

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/misskeyactor/misskeyactor/spec"
)

// TestBreakingRules compares what testdata/breaking holds. An archive is called
// after a rule and has an old spec, a new one in which the rule finds what want
// says, and under near one that is almost the same and in which it finds
// nothing. Rules that are strict say so in the comment.
func TestBreakingRules(t *testing.T) {
	names, err := filepath.Glob("testdata/breaking/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	shown := map[string]bool{}
	for _, name := range names {
		rule, _, _ := strings.Cut(filepath.Base(name), "-")
		shown[rule] = true
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, files := pairArchive(t, name)
			opts := BreakingOptions{Strict: strings.Contains(string(a.Comment), "\nstrict\n")}
			old, new, near := load(t, files, "old"), load(t, files, "new"), load(t, files, "near")
			for _, s := range []*spec.Spec{old, new, near} {
				if found, _ := Breaking(s, s, opts); len(found) > 0 {
					t.Errorf("a spec breaks what was made of itself: %v", found)
				}
			}
			if got := breakingText(old, near, opts); strings.Contains(got, "["+rule) {
				t.Errorf("near is found as well:\n%s", got)
			}
			got := breakingText(old, new, opts)
			if !strings.Contains(got, "["+rule) {
				t.Errorf("the rule finds nothing in:\n%s", got)
			}
			want := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == "want" })
			if *update {
				if want >= 0 {
					a.Files = slices.Delete(a.Files, want, want+1)
				}
				a.Files = append(a.Files, txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(name, txtar.Format(a), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want < 0 {
				t.Fatal("there is no want")
			}
			if diff := cmp.Diff(string(a.Files[want].Data), got); diff != "" {
				t.Errorf("findings (-want +got); if they should, run go test ./gen -update\n%s", diff)
			}
		})
	}
	for code := range codes(t) {
		if strings.HasPrefix(code, "BR") && !shown[code] {
			t.Errorf("no archive shows %s", code)
		}
	}
}

// breakingText is what Breaking finds, a finding on two lines.
func breakingText(old, new *spec.Spec, opts BreakingOptions) string {
	var b strings.Builder
	findings, err := Breaking(old, new, opts)
	for _, f := range findings {
		fmt.Fprintf(&b, "%s: %s [%s, %s]\n    %s %s\n", f.At, f.Message, f.Rule, f.Category, placeText(f.Old), placeText(f.New))
		if f.Accepted != "" {
			fmt.Fprintf(&b, "    accepted: %s\n", f.Accepted)
		}
	}
	var faults spec.Diagnostics
	if errors.As(err, &faults) {
		fmt.Fprintln(&b, faults)
	}
	return b.String()
}

// TestBreakingBetweenDialects compares every dialect with every other: whatever
// differs, each finding says where and what.
func TestBreakingBetweenDialects(t *testing.T) {
	var all []*spec.Spec
	for _, name := range spec.Dialects() {
		s, err := spec.Dialect(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	for _, old := range all {
		for _, new := range all {
			found, err := Breaking(old, new, BreakingOptions{Strict: true})
			if err != nil {
				t.Errorf("%s and %s: %v", old.Name, new.Name, err)
			}
			if old == new && len(found) > 0 {
				t.Errorf("%s breaks itself: %v", old.Name, found)
			}
			for _, f := range found {
				if f.At == "" || f.Message == "" || f.Category != Wire && f.Category != GoAPI || f.Old == (spec.Pos{}) && f.New == (spec.Pos{}) {
					t.Errorf("%s and %s: the finding is %+v", old.Name, new.Name, f)
				}
			}
			for _, c := range Compare(old, new) {
				if c.Group == "" || c.Path == "" || groupRank(c.Group) < 0 {
					t.Errorf("%s and %s: the change is %+v", old.Name, new.Name, c)
				}
			}
		}
	}
}
