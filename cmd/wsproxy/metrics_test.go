package main

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// scrape reads metrics as Prometheus does, and has its linter look at them.
func scrape(t *testing.T, address, token string) map[string]*dto.MetricFamily {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v\n%s", res.Status, err, text)
	}
	problems, err := promlint.New(bytes.NewReader(text)).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("%v: %v", problems, err)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	all, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// value returns the value of a metric with these labels, names and values in turn.
func value(f *dto.MetricFamily, labels ...string) float64 {
	for _, m := range f.GetMetric() {
		fits := 0
		for _, l := range m.GetLabel() {
			for i := 0; i < len(labels); i += 2 {
				if l.GetName() == labels[i] && l.GetValue() == labels[i+1] {
					fits += 2
				}
			}
		}
		if fits == len(labels) {
			return m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	return -1
}

func TestMetrics(t *testing.T) {
	addr, ui, counts := spoken(t, bundled(t), "--metrics", "127.0.0.1:0", "--ui")
	talk(t, "ws://"+addr+"/echo", false, "one", "two")
	unmasked(t, addr)
	all := scrape(t, counts, "")
	for _, want := range []struct {
		value  float64
		name   string
		labels []string
	}{
		{2, "connections_opened_total", nil},
		{2, "websockets_total", []string{"dialect", "rfc6455"}},
		{0, "websockets_total", []string{"dialect", "hixie-76"}},
		{3, "frames_total", []string{"from", "client", "opcode", "text"}},
		{2, "frames_total", []string{"from", "server", "opcode", "text"}},
		{1, "frames_total", []string{"from", "client", "opcode", "close"}},
		{0, "frames_total", []string{"from", "server", "opcode", "ping"}},
		{1, "findings_total", []string{"rule", "mask.client", "level", "MUST"}},
		{0, "log_lost_payloads_total", nil},
		{0, "log_lost_events_total", nil},
		{0, "inspections_detached_total", nil},
	} {
		if got := value(all["wsproxy_"+want.name], want.labels...); got != want.value {
			t.Errorf("%s%v is %v, want %v", want.name, want.labels, got, want.value)
		}
	}
	if n := value(all["wsproxy_bytes_total"], "from", "server"); n < 200 {
		t.Errorf("%v bytes from the server", n)
	}
	latency := all["wsproxy_added_latency_seconds"].GetMetric()[0].GetHistogram()
	if latency.GetSampleCount() == 0 || latency.GetSampleSum() <= 0 || len(latency.GetBucket()) < 5 {
		t.Errorf("the latency is %v", latency)
	}
	for _, name := range []string{"go_build_info", "go_goroutines", "process_resident_memory_bytes"} {
		if all[name] == nil {
			t.Errorf("there is no %s", name)
		}
	}
	address, token, _ := strings.Cut(ui, "?token=")
	if n := len(scrape(t, address+"metrics", token)); n < len(all) {
		t.Errorf("the web view has %d families, of %d", n, len(all))
	}
	if res, err := http.Get(address + "metrics"); err != nil || res.StatusCode != http.StatusForbidden {
		t.Errorf("without the token: %v, %v", res, err)
	}
}
