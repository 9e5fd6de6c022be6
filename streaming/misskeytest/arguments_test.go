package misskeytest

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"testing"
)

// The parts of a form, in order; "file" is the file.
func formRequest(t *testing.T, parts ...string) *http.Request {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i < len(parts); i += 2 {
		name, value := parts[i], parts[i+1]
		part, err := w.CreateFormField(name)
		if name == "file" {
			part, err = w.CreateFormFile(name, "x.txt")
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(value)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/api/drive/files/create", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return r
}

// uploading is an endpoint as drive/files/create is one.
var uploading = &endpoint{multipart: true, params: schema{
	{name: "isSensitive", kind: aBoolean},
	{name: "name", kind: aText, nullable: true},
}}

func TestFormFieldsBeforeAndAfterTheFile(t *testing.T) {
	args, broken := readArguments(formRequest(t, "i", "before", "file", "data", "name", "after", "isSensitive", "true"), uploading)
	if broken != nil {
		t.Fatalf("refused: %+v", broken)
	}
	if refused := uploading.check(&args); refused != nil {
		t.Fatalf("refused: %+v", refused)
	}
	if token, _ := args.params.text("i"); token != "before" {
		t.Errorf("token %q", token)
	}
	if name, _ := args.params.text("name"); name != "after" {
		t.Errorf("name %q", name)
	}
	if sensitive, ok := toBoolean(args.params["isSensitive"]); !ok || !sensitive {
		t.Errorf("isSensitive %s, want the boolean", args.params["isSensitive"])
	}
	if f := args.file; f.name != "x.txt" || string(f.data) != "data" || f.kind != "application/octet-stream" {
		t.Errorf("file %+v", f)
	}
}

func TestFormWithABooleanThatIsNone(t *testing.T) {
	args, _ := readArguments(formRequest(t, "file", "data", "isSensitive", "maybe"), uploading)
	if refused := uploading.check(&args); refused == nil || refused.Code != "INVALID_PARAM" {
		t.Errorf("refused %+v, want INVALID_PARAM", refused)
	}
}

// Upload without a file: 400 with an empty body, whatever else there is.
func TestUploadWithoutFile(t *testing.T) {
	cut := formRequest(t, "file", "data")
	cut.Header.Set("Content-Type", "multipart/form-data; boundary=another")
	inJSON := httptest.NewRequest(http.MethodPost, "/api/drive/files/create", bytes.NewReader([]byte(`{"i":"x"}`)))
	inJSON.Header.Set("Content-Type", "application/json")
	for name, r := range map[string]*http.Request{
		"fields alone": formRequest(t, "i", "x", "name", "y"),
		"empty form":   formRequest(t),
		"broken form":  cut,
		"JSON":         inJSON,
	} {
		_, broken := readArguments(r, uploading)
		if broken == nil {
			t.Errorf("%s: not refused", name)
			continue
		}
		w := httptest.NewRecorder()
		broken.write(w)
		if w.Code != 400 || w.Body.Len() != 0 {
			t.Errorf("%s: %d %q, want 400 and nothing", name, w.Code, w.Body)
		}
	}
}
