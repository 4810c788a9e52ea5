// Package linked has fixtures of the standard library alone beside tests that use
// modules which many programs link, and which register things as they start.
package linked

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/fatih/color"
	"github.com/fixturecache/fixturecache/cachetest"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"
	"github.com/spf13/viper"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"
	"k8s.io/klog/v2"
)

func TestFixtures(t *testing.T) {
	cachetest.Memo(t, "sprintf", func() (string, error) { return fmt.Sprintf("%05d %v", 7, []string{"a"}), nil })
	cachetest.Memo(t, "json", func() (map[string]any, error) {
		data, err := os.ReadFile("testdata/in.json")
		if err != nil {
			return nil, err
		}
		var v map[string]any
		return v, json.Unmarshal(data, &v)
	})
	for _, n := range []int{1, 2} {
		cachetest.Memo(t, fmt.Sprintf("key/%d", n), func() (string, error) { return strings.Repeat("x", n), nil })
	}
	cachetest.Memo(t, "template", func() (string, error) {
		var b bytes.Buffer
		err := template.Must(template.New("x").Parse("{{range .}}{{.}},{{end}}")).Execute(&b, []int{1, 2})
		return b.String(), err
	})
	cachetest.Memo(t, "sorted", func() ([]string, error) {
		return slices.Sorted(maps.Keys(map[string]int{"b": 1, "a": 2})), nil
	})
	cachetest.Dir(t, "dir", func(dir string) error {
		return os.WriteFile(filepath.Join(dir, "a.txt"), []byte("a"), 0o644)
	})
	cachetest.File(t, "file.txt", func(path string) error {
		return os.WriteFile(path, fmt.Appendf(nil, "%q", "a"), 0o644)
	})
}

func TestModules(t *testing.T) {
	v := viper.New()
	v.SetConfigFile("testdata/in.json")
	require.NoError(t, v.ReadInConfig())
	require.Equal(t, 3, v.GetInt("n"))

	var out bytes.Buffer
	color.New(color.FgRed).Fprint(&out, "x")
	logger := logrus.New()
	logger.SetOutput(&out)
	logger.Info("x")
	zap.NewNop().Info("x")
	klog.SetOutput(&out)
	klog.Info("x")

	cmd := &cobra.Command{Use: "x", Run: func(cmd *cobra.Command, args []string) { cmd.Print("x") }}
	cmd.SetOut(&out)
	cmd.SetArgs(nil)
	require.NoError(t, cmd.Execute())

	require.NoError(t, prometheus.NewRegistry().Register(prometheus.NewCounter(prometheus.CounterOpts{Name: "x"})))
	_, err := pgx.ParseConfig("postgres://user@localhost/db")
	require.NoError(t, err)
	_, err = proto.Marshal(wrapperspb.String("x"))
	require.NoError(t, err)
	grpc.NewServer().Stop()
}
