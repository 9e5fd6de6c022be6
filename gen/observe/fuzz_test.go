package observe

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/misskeyactor/misskeyactor/spec"
)

// FuzzRead: whatever stands in a file, it is read to its end.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"t":1,"conn":"1","dir":"in","frame":"{\"type\":\"connected\",\"body\":{\"id\":\"a\"}}"}` + "\n"))
	f.Add([]byte(`{"type":"emojiDeleted","body":{"emojis":[]}}` + "\n\n{}\n"))
	f.Add([]byte(`{"t":1,"dropped":3}` + "\n" + `{"t":1,"dir":"out","frame":"{","cut":true}`))
	f.Add([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00"))
	f.Add([]byte("null\n[]\n\"\"\n\xff\n"))
	s := misskey(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		o := observer(t, s, Options{})
		if err := o.Read("frames", strings.NewReader(string(data))); err != nil {
			t.Fatal(err)
		}
		lines := uint64(0)
		if err := eachLine(strings.NewReader(string(data)), func(int, []byte) { lines++ }, func(int) {}); err != nil {
			t.Fatal(err)
		}
		if r := o.Report(); !strings.HasPrefix(string(data), "\x1f\x8b") {
			told := r.Counts.In + r.Counts.Out
			for _, f := range r.Findings {
				if f.Code == CodeLine {
					told += f.Count
				}
			}
			if told > lines {
				t.Fatalf("%d of %d lines are told of", told, lines)
			}
		}
		overlay := o.Offer(Overlay{Version: "2026.4.0"})
		if overlay == nil {
			return
		}
		if _, err := spec.Load(fstest.MapFS{"observed.yaml": {Data: overlay}}, "observed.yaml"); err != nil {
			t.Fatalf("%v\n%s", err, overlay)
		}
	})
}

// FuzzOffer: whatever two events are like, what is offered loads, and cures what
// it is said to.
func FuzzOffer(f *testing.F) {
	f.Add("moved", `{"from":"a","to":null,"x":[1,{}]}`, `{"from":1}`)
	f.Add("loud", `{"id":"n1","tags":[1],"counts":{"a":[]}}`, `null`)
	f.Add("notice", `{"id":"x","type":"raffle","y":1}`, `{"type":"note","note":{}}`)
	f.Add("fresh", `{"a b":1,"no":{"id":"n1"},"userId":"u"}`, `{"null":null}`)
	f.Add("flushed", `{"x":"2026-01-02T03:04:05.678Z"}`, `"a"`)
	f.Add("0", `{"":[],"x":[]}`, `{}`)
	f.Add("{}", `{"y?":"#","- a":": b","x":{"*":"&"}}`, `[[1.5],[2,null]]`)
	base, err := os.ReadFile("testdata/base.yaml")
	if err != nil {
		f.Fatal(err)
	}
	s, err := spec.Load(fstest.MapFS{"base.yaml": {Data: base}}, "base.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, typ, first, second string) {
		if !json.Valid([]byte(first)) || !json.Valid([]byte(second)) {
			return
		}
		var text strings.Builder
		e := json.NewEncoder(&text)
		add := func(dir, frame string) {
			if err := e.Encode(map[string]string{"dir": dir, "frame": frame}); err != nil {
				t.Fatal(err)
			}
		}
		name, err := json.Marshal(typ)
		if err != nil {
			t.Fatal(err)
		}
		add(dirOut, `{"type":"connect","body":{"channel":"main","id":"m"}}`)
		add(dirOut, `{"type":"connect","body":{"channel":"stray","id":"s","params":{"x":`+first+`}}}`)
		for _, body := range []string{first, second} {
			add(dirIn, `{"type":"channel","body":{"id":"m","type":`+string(name)+`,"body":`+body+`}}`)
			add(dirIn, `{"type":"channel","body":{"id":"s","type":`+string(name)+`,"body":`+body+`}}`)
			add(dirIn, `{"type":`+string(name)+`,"body":`+body+`}`)
		}
		before := observer(t, s, Options{})
		if err := before.Read("frames", strings.NewReader(text.String())); err != nil {
			t.Fatal(err)
		}
		overlay := before.Offer(Overlay{Name: "observed", Extends: "./base.yaml", File: "observed.yaml", Try: func(overlay []byte) error { return tried(base, overlay) }})
		if overlay == nil {
			return
		}
		if err := tried(base, overlay); err != nil {
			t.Fatalf("%v\n%s", err, overlay)
		}
		over, err := spec.Load(fstest.MapFS{"base.yaml": {Data: base}, "observed.yaml": {Data: overlay}}, "observed.yaml")
		if err != nil {
			t.Fatalf("%v\n%s", err, overlay)
		}
		after := observer(t, over, Options{})
		if err := after.Read("frames", strings.NewReader(text.String())); err != nil {
			t.Fatal(err)
		}
		left := map[string]bool{}
		for _, f := range after.Report().Findings {
			left[f.Name()] = true
		}
		for _, f := range before.Report().Findings {
			if f.Offered && left[f.Name()] {
				t.Fatalf("%s\nis found again with\n%s", describe(f), overlay)
			}
		}
	})
}
