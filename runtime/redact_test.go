package runtime

import (
	"encoding/json"
	"fmt"
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
		{"the token in a URL", `{"text":"wss://x.test/?i=s3cr3t%2B%2F%3D&x"}`, `{"text":"wss://x.test/?i=[redacted]&x"}`},
		{"the token with slashes that are escaped", `{"text":"s3cr3t+\/="}`, `{"text":"[redacted]"}`},
		{"keys of the administration", `{"smtpPass":"a","objectStorageSecretKey":"b","swPrivateKey":"c","deeplAuthKey":"d","x-csrf-token":"e","refresh_token":"f"}`,
			`{"smtpPass":"[redacted]","objectStorageSecretKey":"[redacted]","swPrivateKey":"[redacted]","deeplAuthKey":"[redacted]","x-csrf-token":"[redacted]","refresh_token":"[redacted]"}`},
		{"keys that only look like it", `{"tokenId":"a","twoFactorBackupCodesStock":"full","usePasswordLessLogin":false,"securityKeys":false,"id":"i"}`,
			`{"tokenId":"a","twoFactorBackupCodesStock":"full","usePasswordLessLogin":false,"securityKeys":false,"id":"i"}`},
		{"an escape that is none", `{"text":"\u0073\u0033cr3tS3cr3t \q and more"}`, `{"text":"[redacted]"}`},
		{"the token deep in strings", nested(6, `\u0073\u0033cr3tS3cr3t`), nested(4, `[redacted]`)},
		{"nonsense", `}]"i":"abc",[[{"`, `}]"i":"[redacted]",[[{"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, _ := redact(tt.text, tokens(), false); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	t.Run("cut", func(t *testing.T) {
		for text, want := range map[string]string{
			`{"body":{"i":"ab`:       `{"body":{"i":"[redacted]"`,
			`{"text":"s3cr3tS`:       `{"text":"`,
			`{"text":"hello s3cr3tS`: `{"text":"hello `,

			`{"text":"\u0073\u0033cr3tS3cr3t!\n\u12`: `{"text":"[redacted]!\n"`,
			`{"v":"{\"i\":\"abcdef\",\"text\":\"x\`:  `{"v":"{\"i\":\"[redacted]\",\"text\":\"x"`,
			`{"text":"one\n\`:                        `{"text":"one\n\`,
		} {
			if got, _ := redact(text, tokens(), true); got != want {
				t.Errorf("%s: got %s, want %s", text, got, want)
			}
		}
	})
}

func tokens() []string {
	var s secrets
	for _, token := range []string{"s3cr3tS3cr3t", "0ldS3cr3t", "s3cr3tS3cr3tAndMore", "s3cr3t+/="} {
		s.know(token)
	}
	return s.all
}

// nested returns a text that stands in strings of JSON, one in the other.
func nested(depth int, text string) string {
	text = `"` + text + `"`
	for range depth {
		encoded, _ := json.Marshal(`{"v":` + text + `}`) // of a string: it cannot fail
		text = string(encoded)
	}
	return `{"v":` + text + `}`
}

// What stands under a secret key is looked for everywhere, but for the words of
// which texts are full.
func TestSecretsThatARecordingShows(t *testing.T) {
	var r recording
	r.know("s3cr3tS3cr3t")
	const session, app = "0123456789abcdef-session", "0123456789abcdef-app"
	for _, tt := range []struct{ text, want string }{
		{`{"text":"` + session + `"}`, `{"text":"` + session + `"}`}, // nobody knows yet
		{`{"url":"https://x.test/auth/` + session + `","token":"` + session + `"}`, `{"url":"https://x.test/auth/[redacted]","token":"[redacted]"}`},
		{`{"text":"` + session + ` and s3cr3tS3cr3t"}`, `{"text":"[redacted] and [redacted]"}`},
		{`{"v":"{\"accessToken\":\"` + app + `\",\"x\":\"` + app + `\"}"}`, `{"v":"{\"accessToken\":\"[redacted]\",\"x\":\"[redacted]\"}"}`},
		{`{"password":"short"}`, `{"password":"[redacted]"}`},
		{`{"cookie":"of several long words"}`, `{"cookie":"[redacted]"}`},
		{`{"token":"Bearer s3cr3tS3cr3t"}`, `{"token":"[redacted]"}`},
		{`{"text":"short of several long words, Bearer"}`, `{"text":"short of several long words, Bearer"}`},
	} {
		if got := r.redacted(&recordedFrame{text: tt.text}); got != tt.want {
			t.Errorf("%s\ngot  %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

// However many there come, the newest secrets are looked for, and none of those
// found makes one of the client's be forgotten.
func TestSecretsAreBounded(t *testing.T) {
	var r recording
	r.know("s3cr3tS3cr3t")
	for i := range 10 * maxSecrets {
		r.redacted(&recordedFrame{text: fmt.Sprintf(`{"token":"0123456789abcdef-%03d"}`, i)})
	}
	last := fmt.Sprintf("0123456789abcdef-%03d", 10*maxSecrets-1)
	if got := r.redacted(&recordedFrame{text: last + " s3cr3tS3cr3t"}); got != "[redacted] [redacted]" {
		t.Errorf("got %s", got)
	}
	for i := range 10 * maxSecrets {
		r.know(fmt.Sprint("renewed", i))
	}
	if n := len(r.secrets.all); n != 2*maxSecrets {
		t.Errorf("%d secrets are looked for", n)
	}
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
		got, _ := redact(text, tokens(), false)
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
