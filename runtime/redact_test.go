package runtime

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestRedact(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", `{"type":"note","body":{"text":"i: token, password"}}`, `{"type":"note","body":{"text":"i: token, password"}}`},
		{"the token in a text", `{"text":"it is s3cr3tS3cr3t!"}`, `{"text":"it is [redacted]!"}`},
		{"the token as a key", `{"s3cr3tS3cr3t":1}`, `{"[redacted]":1}`},
		{"the token outside of JSON", `hello s3cr3tS3cr3t`, `hello [redacted]`},
		{"an older token", `{"text":"0ldS3cr3t"}`, `{"text":"[redacted]"}`},
		{"a token that begins with another", `{"text":"s3cr3tS3cr3tAndMore"}`, `{"text":"[redacted]"}`},
		{"the token behind escapes", `{"text":"\u0073\u0033cr3tS3cr3t\n"}`, `{"text":"[redacted]\n"}`},
		{"an API call", `{"type":"api","body":{"id":"1","ep":"i","data":{"i":"abc","limit":3}}}`, `{"type":"api","body":{"id":"1","ep":"i","data":{"i":"[redacted]","limit":3}}}`},
		{"white space", "{\"i\" :\n\"abc\" , \"x\":\"i\"}", "{\"i\" :\n\"[redacted]\" , \"x\":\"i\"}"},
		{"keys in any case", `{"headers":{"Authorization":"Bearer abc","Cookie":["a=b","c=d"],"accept":["x"]}}`, `{"headers":{"Authorization":"[redacted]","Cookie":["[redacted]","[redacted]"],"accept":["x"]}}`},
		{"what is no string", `{"i":5,"token":null,"password":{"x":"y"},"secret":[1,{"x":"y"}]}`, `{"i":5,"token":null,"password":{"x":"y"},"secret":[1,{"x":"y"}]}`},
		{"a key as a value", `{"a":"token","b":"x"}`, `{"a":"token","b":"x"}`},
		{"what follows", `{"token":"a","text":"b"}`, `{"token":"[redacted]","text":"b"}`},
		{"a list behind a number", `{"i":1,"x":["a"]}`, `{"i":1,"x":["a"]}`},
		{"JSON in a string", `{"value":"{\"i\":\"abc\",\"n\":1}"}`, `{"value":"{\"i\":\"[redacted]\",\"n\":1}"}`},
		{"an escaped key", `{"\u0069":"abc"}`, `{"\u0069":"[redacted]"}`},
		{"escapes in a secret", `{"password":"a\"b"}`, `{"password":"[redacted]"}`},
		{"nonsense", `}]"i":"abc",[[{"`, `}]"i":"[redacted]",[[{"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := redact(tt.text, tokens(), false); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	t.Run("cut", func(t *testing.T) {
		for text, want := range map[string]string{
			`{"body":{"i":"ab`:       `{"body":{"i":"[redacted]"`,
			`{"text":"s3cr3tS`:       `{"text":"`,
			`{"text":"hello s3cr3tS`: `{"text":"hello `,
		} {
			if got := redact(text, tokens(), true); got != want {
				t.Errorf("%s: got %s, want %s", text, got, want)
			}
		}
	})
}

func tokens() []string {
	return longestFirst([]string{"s3cr3tS3cr3t", "0ldS3cr3t", "s3cr3tS3cr3tAndMore"})
}

// Whatever comes, no token is left, and what was JSON is the same JSON but for
// its strings.
func FuzzRedact(f *testing.F) {
	for _, text := range []string{
		`{"type":"api","body":{"data":{"i":"abc"}}}`, `{"a":"\u0073\u0033cr3tS3cr3t"}`, `{"v":"{\"v\":\"{\\\"i\\\":\\\"x\\\"}\"}"}`,
		`["i","x"]`, `{"cookie":["a",{"b":"c"}],"x":"s3cr3tS3cr3t"}`, `s3cr3t\S3cr3t`, `"`, `{"i":"`, `[redacteds3cr3tS3cr3t`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := redact(text, tokens(), false)
		for _, token := range tokens() {
			if strings.Contains(got, token) {
				t.Fatalf("%q still has %q: %q", text, token, got)
			}
		}
		var before, after any
		if json.Unmarshal([]byte(text), &before) != nil {
			return
		}
		if err := json.Unmarshal([]byte(got), &after); err != nil {
			t.Fatalf("%q became %q: %v", text, got, err)
		}
		if hasToken(after) {
			t.Fatalf("%q became %q, which stands for a token", text, got)
		}
		if !hasToken(before) && !strings.Contains(got, redacted) && !reflect.DeepEqual(before, after) {
			t.Fatalf("%q became %q", text, got)
		}
	})
}

// hasToken looks for a token in decoded JSON.
func hasToken(v any) bool {
	switch v := v.(type) {
	case string:
		for _, token := range tokens() {
			if strings.Contains(v, token) {
				return true
			}
		}
	case []any:
		for _, x := range v {
			if hasToken(x) {
				return true
			}
		}
	case map[string]any:
		for k, x := range v {
			if hasToken(k) || hasToken(x) {
				return true
			}
		}
	}
	return false
}
