package misskeytest

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
)

const (
	maxBody = 1 << 20
	// maxFileSize is what meta says of uploads; a form may be a little larger.
	maxFileSize = 262144000
	maxForm     = maxFileSize + maxBody
)

// upload is the file of a form.
type upload struct {
	name string // as the client calls it
	kind string // media type, as the client says
	data []byte
}

// noFile is the answer to a form without a file: no body at all.
type noFile struct{}

func (noFile) write(w http.ResponseWriter) { w.WriteHeader(http.StatusBadRequest) }

// refusedBody is what the framework answers before an endpoint is reached.
type refusedBody interface{ write(http.ResponseWriter) }

// readArguments reads what the call comes with: the query of a GET, a form
// where the endpoint wants a file, and JSON otherwise.
func readArguments(r *http.Request, e *endpoint) (arguments, refusedBody) {
	switch {
	case r.Method == http.MethodGet:
		return queryArguments(r.URL.Query()), nil
	case e.multipart:
		return readForm(r)
	}
	return readBody(r)
}

// queryArguments: a param that is there more than once is a list.
func queryArguments(query url.Values) arguments {
	args := arguments{params: object{}, isObject: true, isText: true}
	for name, values := range query {
		if len(values) == 1 {
			args.params[name] = marshal(values[0])
		} else {
			args.params[name] = marshal(values)
		}
	}
	return args
}

// readBody reads the JSON object that every call has.
func readBody(r *http.Request) (arguments, refusedBody) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	data, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if tooLarge(err) {
		return arguments{}, errBodyTooLarge
	}
	switch kind {
	case "application/json":
	case "", "text/plain", "multipart/form-data":
		return arguments{}, nil
	default:
		return arguments{}, frameworkError{
			StatusCode: http.StatusUnsupportedMediaType, Code: "FST_ERR_CTP_INVALID_MEDIA_TYPE",
			Error: "Unsupported Media Type", Message: "Unsupported Media Type: " + kind,
		}
	}
	if len(data) == 0 {
		return arguments{}, frameworkError{
			StatusCode: http.StatusBadRequest, Code: "FST_ERR_CTP_EMPTY_JSON_BODY",
			Error: "Bad Request", Message: "Body cannot be empty when content-type is set to 'application/json'",
		}
	}
	if !json.Valid(data) {
		return arguments{}, frameworkError{
			StatusCode: http.StatusBadRequest, Code: "FST_ERR_CTP_INVALID_JSON_BODY",
			Error: "Bad Request", Message: "Body is not valid JSON but content-type is set to 'application/json'",
		}
	}
	params, isObject := toObject(data)
	return arguments{params: params, isObject: isObject}, nil
}

// readForm reads a form: its fields, before and after the file, and the file,
// without which there is no call at all.
func readForm(r *http.Request) (arguments, refusedBody) {
	r.Body = http.MaxBytesReader(nil, r.Body, maxForm)
	args := arguments{params: object{}, isObject: true, isText: true}
	form, err := r.MultipartReader()
	if err != nil {
		return arguments{}, noFile{} // no form, and so no file
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = args.addPart(part)
		}
		switch {
		case tooLarge(err):
			return arguments{}, errBodyTooLarge
		case err != nil:
			return arguments{}, noFile{} // the form is broken
		}
	}
	if args.file == nil {
		return arguments{}, noFile{}
	}
	return args, nil
}

// addPart takes in a field or the file; of several files the first counts.
func (a *arguments) addPart(part *multipart.Part) error {
	data, err := io.ReadAll(part)
	switch {
	case err != nil:
		return err
	case part.FileName() == "":
		a.params[part.FormName()] = marshal(string(data))
	case a.file == nil:
		a.file = &upload{name: part.FileName(), kind: part.Header.Get("Content-Type"), data: data}
	}
	return nil
}

func tooLarge(err error) bool {
	var limit *http.MaxBytesError
	return errors.As(err, &limit)
}
