"""Python that notebooks and scripts share. `folder` is where the run's files are."""

from string import Template

SETUP = """\
sys.path.insert(0, str(folder))
os.environ["PLAYGROUND_ASSETS"] = str(folder / "assets")
os.environ["OMP_NUM_THREADS"] = "1"  # numpy reads it when it is imported
"""
HUB = """\
os.environ["PLAYGROUND_HUB_MODELS"] = {}
"""
UNPACK = Template("""\
with tarfile.open(fileobj=io.BytesIO(base64.b64decode($data)), mode="r:bz2") as packed:
    packed.extractall(folder / "assets", filter="data")
""")
COMPARE = Template("""\
apart = [name for name in shown if metrics.get(name) != shown[name]]
if not apart:
    print($same$to)
elif all(math.isclose(metrics.get(name, math.nan), shown[name], rel_tol=0.02) for name in apart):
    print($close$to)
else:
    print($differs$to)
for name in apart:
    print(f"{name}: {metrics.get(name)} / {shown[name]}"$to)
""")
