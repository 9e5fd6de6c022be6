package main

import (
	"encoding/json"
	"testing"

	"github.com/go-faster/jx"

	"github.com/misskeyactor/misskeyactor/runtime/codec"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// BenchmarkCodec decodes and encodes a real note with the generated code, and with
// encoding/json and an equivalent plain struct.
func BenchmarkCodec(b *testing.B) {
	notes := mustLoadNotes(b)
	generated := make([]misskey.Note, len(notes))
	plain := make([]plainNote, len(notes))
	size := 0
	for i, n := range notes {
		size += len(n.payload)
		if err := generated[i].UnmarshalJSON(n.bytes); err != nil {
			b.Fatal(err)
		}
		if err := json.Unmarshal(n.bytes, &plain[i]); err != nil {
			b.Fatal(err)
		}
	}
	d := codec.NewDecoder("", nil)
	var e jx.Encoder
	var decoded *misskey.Note // out here, so that it is not on the stack
	for _, bb := range []struct {
		name string
		do   func(i int) error
	}{
		{"decode/generated", func(i int) error {
			d.Reset(notes[i].payload)
			decoded = new(misskey.Note)
			return decoded.Decode(d)
		}},
		{"decode/encoding-json", func(i int) error { return json.Unmarshal(notes[i].bytes, new(plainNote)) }},
		{"encode/generated", func(i int) error {
			e.Reset()
			generated[i].Encode(&e)
			return nil
		}},
		{"encode/encoding-json", func(i int) error {
			_, err := json.Marshal(&plain[i])
			return err
		}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(size / len(notes)))
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if err := bb.do(i % len(notes)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
