package main

import (
	"errors"
	"fmt"

	"github.com/xtally/xtally"
)

// storeSettings is the section s3 of the settings file: where s3:// paths lie.
type storeSettings struct {
	Endpoint      string `yaml:"endpoint"`
	Region        string `yaml:"region"`
	PathStyle     bool   `yaml:"path_style"`
	AccessKey     string `yaml:"access_key"`
	SecretKeyFile string `yaml:"secret_key_file"`
}

// The variables of the store's keys. They win over the file.
const (
	envAccessKey = "XTALLY_S3_ACCESS_KEY"
	envSecretKey = "XTALLY_S3_SECRET_KEY"
)

// store returns the object store, if one is set.
func (s *settings) store() (store xtally.ObjectStore, err error) {
	bad := func(err error) error { return usageError{fmt.Errorf("%s: s3: %w", s.config, err)} }
	store = xtally.ObjectStore{Endpoint: s.S3.Endpoint, Region: s.S3.Region, PathStyle: s.S3.PathStyle}
	if store.AccessKey, err = secret(envAccessKey, "access_key", ""); err != nil {
		return store, bad(err)
	}
	if store.AccessKey == "" {
		store.AccessKey = s.S3.AccessKey
	}
	if store.SecretKey, err = secret(envSecretKey, "secret_key_file", s.S3.SecretKeyFile); err != nil {
		return store, bad(err)
	}
	if (store.AccessKey == "") != (store.SecretKey == "") {
		return store, bad(errors.New("an access key needs its secret and the other way round; set access_key and secret_key_file, or " + envAccessKey + " and " + envSecretKey))
	}
	return store, nil
}

const sampleStore = `
# Archives and bills in object storage (Huawei OBS, MinIO, S3): give s3://bucket/prefix
# as a path. Only what is new or has changed is fetched. The keys may also be in
# XTALLY_S3_ACCESS_KEY and XTALLY_S3_SECRET_KEY.
#s3:
#  endpoint: https://obs.cn-north-4.myhuaweicloud.com
#  region: cn-north-4
#  path_style: false          # true for MinIO
#  access_key: AK
#  secret_key_file: /etc/xtally/s3-secret-key
`
