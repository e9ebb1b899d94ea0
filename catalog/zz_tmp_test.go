package catalog_test
import ("testing";"os";"wuku/catalog")
func TestTmp(t *testing.T){ _,p:=catalog.Inspect(os.DirFS("province")); for _,x:=range p{ t.Log(x) } }
