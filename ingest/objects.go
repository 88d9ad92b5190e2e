package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Store says where objects of paths such as s3://bucket/prefix lie: Huawei OBS, MinIO
// or any other store that speaks S3.
type Store struct {
	Endpoint  string // https://obs.cn-north-4.myhuaweicloud.com; http:// only where nobody listens
	Region    string // empty: asked for
	PathStyle bool   // bucket in the path and not in the host name, as MinIO wants it
	AccessKey string // with SecretKey; both empty: whoever may read
	SecretKey string
	Wait      time.Duration // before an interrupted download goes on; doubled each time; 0: half a second
}

// Object is a file in a store.
type Object struct {
	Bucket, Key string
	ETag        string // changes with the content
	Bytes       int64
	ModifiedAt  time.Time // UTC
	Name        string    // relative to the path given, as the ledger shows it
}

// URL is the object as a path.
func (o Object) URL() string { return "s3://" + o.Bucket + "/" + o.Key }

// IsObjectPath tells a path of a store from one on disk.
func IsObjectPath(path string) bool { return strings.HasPrefix(path, "s3://") }

// Fetched is an object that lies on disk now.
type Fetched struct {
	Object
	Path string
}

// downloads is how many objects are fetched at once, and fetchTries how often each is
// begun or gone on with.
const (
	downloads  = 4
	fetchTries = 5
)

// List lists the objects of paths: one object, or all below a prefix, which is taken as
// a folder.
func (s Store) List(ctx context.Context, paths []string) ([]Object, error) {
	client, err := s.client()
	if err != nil {
		return nil, err
	}
	var all []Object
	seen := map[string]bool{}
	for _, p := range paths {
		bucket, prefix, err := splitObjectPath(p)
		if err != nil {
			return nil, err
		}
		found := 0
		for info := range client.Client.ListObjects(ctx, bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
			if info.Err != nil {
				return nil, storeError(p, info.Err)
			}
			name, ok := nameBelow(prefix, info.Key)
			if !ok || strings.HasSuffix(info.Key, "/") {
				continue
			}
			found++
			o := Object{bucket, info.Key, info.ETag, info.Size, info.LastModified.UTC(), name}
			if !seen[o.URL()] {
				seen[o.URL()] = true
				all = append(all, o)
			}
		}
		if found == 0 {
			return nil, &Error{p, fmt.Errorf("%w; check bucket and prefix", ErrNoFiles)}
		}
	}
	return all, ctx.Err()
}

// nameBelow is the name of a key relative to a prefix taken as a folder; the key itself
// when the prefix is all of it.
func nameBelow(prefix, key string) (string, bool) {
	if prefix == "" || key == prefix {
		if key == prefix {
			key = path.Base(key)
		}
		return shown(key), key != ""
	}
	name, ok := strings.CutPrefix(key, strings.TrimSuffix(prefix, "/")+"/")
	return shown(name), ok && name != ""
}

func splitObjectPath(p string) (bucket, prefix string, err error) {
	bucket, prefix, _ = strings.Cut(strings.TrimPrefix(p, "s3://"), "/")
	if bucket == "" {
		return "", "", &Error{p, errors.New("no bucket; write s3://bucket/prefix")}
	}
	return bucket, prefix, nil
}

// Fetch downloads objects into dir, several at once. What an earlier, broken Fetch left
// in dir is gone on with if the object is still the same. An object that cannot be had
// is an error in failed and does not stop the others.
func (s Store) Fetch(ctx context.Context, objects []Object, dir string, progress func(files int, bytes int64)) (got []Fetched, failed []error, err error) {
	client, err := s.client()
	if err != nil {
		return nil, nil, err
	}
	var (
		group sync.WaitGroup
		mu    sync.Mutex
		work  = make(chan int)
		paths = make([]string, len(objects))
		files int
		bytes int64
	)
	for range downloads {
		group.Go(func() {
			for i := range work {
				path, err := s.fetch(ctx, client, objects[i], dir)
				mu.Lock()
				if paths[i] = path; err != nil {
					failed = append(failed, err)
				} else {
					files, bytes = files+1, bytes+objects[i].Bytes
					progress(files, bytes)
				}
				mu.Unlock()
			}
		})
	}
	for i := range objects {
		if ctx.Err() == nil {
			work <- i
		}
	}
	close(work)
	group.Wait()
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	for i, o := range objects {
		if paths[i] != "" {
			got = append(got, Fetched{o, paths[i]})
		}
	}
	return got, failed, nil
}

// fetch downloads one object. The file is named by a hash of what the object is, so
// that no key, whatever it is called, leaves dir.
func (s Store) fetch(ctx context.Context, client *minio.Core, o Object, dir string) (string, error) {
	sum := sha256.Sum256([]byte(o.URL() + "\n" + o.ETag))
	whole := filepath.Join(dir, hex.EncodeToString(sum[:]))
	if info, err := os.Stat(whole); err == nil && info.Size() == o.Bytes {
		return whole, nil
	}
	part := whole + ".part"
	file, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return "", &Error{o.URL(), reason(err)}
	}
	defer file.Close()
	wait := s.Wait
	if wait == 0 {
		wait = 500 * time.Millisecond
	}
	for try := 1; ; try++ {
		err = fetchRest(ctx, client, o, file)
		if err == nil {
			break
		}
		if ctx.Err() != nil || try == fetchTries || !isWorthAnotherTry(err) {
			return "", storeError(o.URL(), err)
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(wait):
		}
		wait *= 2
	}
	if err := errors.Join(file.Close(), os.Rename(part, whole)); err != nil {
		return "", &Error{o.URL(), reason(err)}
	}
	return whole, nil
}

// errCutShort is an object whose bytes ended before its size.
var errCutShort = errors.New("the store sent less than all of it")

// fetchRest appends to the file what it lacks of the object.
func fetchRest(ctx context.Context, client *minio.Core, o Object, file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	have := info.Size()
	if have > o.Bytes {
		have = 0
		if err := file.Truncate(0); err != nil {
			return err
		}
	}
	if have == o.Bytes {
		return nil
	}
	opts := minio.GetObjectOptions{}
	if err := opts.SetMatchETag(o.ETag); err != nil {
		return err
	}
	if have > 0 {
		if err := opts.SetRange(have, 0); err != nil {
			return err
		}
	}
	body, _, _, err := client.GetObject(ctx, o.Bucket, o.Key, opts)
	if err != nil {
		return err
	}
	defer body.Close()
	n, err := io.Copy(file, body)
	if err == nil && have+n != o.Bytes {
		err = errCutShort
	}
	return err
}

// isWorthAnotherTry tells errors that pass from those that stay. The library has tried
// requests that were refused for the moment several times already.
func isWorthAnotherTry(err error) bool {
	var response minio.ErrorResponse
	if errors.As(err, &response) {
		return response.StatusCode >= http.StatusInternalServerError
	}
	var path *os.PathError
	return !errors.As(err, &path) // the disk's stay
}

// storeError says what a store refused, and the remedy.
func storeError(what string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var disk *os.PathError
	if errors.As(err, &disk) {
		return &Error{what, disk.Err}
	}
	response := minio.ToErrorResponse(err)
	text := err
	switch {
	case response.StatusCode == http.StatusForbidden:
		text = fmt.Errorf("the store refuses it (%s); check the access key and its right to list and read this bucket", codeOf(response))
	case response.Code == minio.NoSuchBucket:
		text = errors.New("no such bucket; check its name, the endpoint and the region")
	case response.StatusCode == http.StatusPreconditionFailed:
		text = errors.New("changed while it was read; run again")
	case response.StatusCode == http.StatusNotFound:
		text = errors.New("is not there any more; run again")
	case response.StatusCode >= http.StatusInternalServerError:
		text = fmt.Errorf("the store is not up to it now (%s, after %d tries); run again later, what was fetched is kept", codeOf(response), fetchTries)
	case errors.Is(err, errCutShort) || errors.Is(err, io.ErrUnexpectedEOF):
		text = fmt.Errorf("the download broke off %d times; run again, it goes on from there", fetchTries)
	default:
		var dial *url.Error
		if errors.As(err, &dial) {
			text = fmt.Errorf("the store cannot be reached (%w); check the endpoint and the network", dial.Err)
		}
	}
	return &Error{what, text}
}

func codeOf(r minio.ErrorResponse) string {
	if r.Code != "" {
		return r.Code
	}
	return http.StatusText(r.StatusCode)
}

func (s Store) client() (*minio.Core, error) {
	if s.Endpoint == "" {
		return nil, errors.New("no object store; set endpoint under s3 in the settings")
	}
	at, err := url.Parse(s.Endpoint)
	if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" {
		return nil, fmt.Errorf("object store %q: want https://host", s.Endpoint)
	}
	opts := &minio.Options{Secure: at.Scheme == "https", Region: s.Region, BucketLookup: minio.BucketLookupDNS, MaxRetries: 3}
	if s.PathStyle {
		opts.BucketLookup = minio.BucketLookupPath
	}
	if s.AccessKey != "" {
		opts.Creds = credentials.NewStaticV4(s.AccessKey, s.SecretKey, "")
	}
	return minio.NewCore(at.Host, opts)
}
