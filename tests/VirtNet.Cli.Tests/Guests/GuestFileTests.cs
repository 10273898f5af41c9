namespace VirtNet.Cli.Tests.Guests;

/// <summary>Guests that are files: only what a command is about may change, byte for byte.</summary>
public sealed class GuestFileTests : IDisposable
{
    /// <summary>Comments, odd indentation, CRLF, both kinds of quotes, namespaces, an entity, bytes beyond ASCII.</summary>
    private const string Odd =
        "<?xml version=\"1.0\" encoding='UTF-8'?>\r\n<!-- <interface type='network'> -->\r\n"
        + "<domain type='kvm' xmlns:q='urn:q'>\r\n <name>Gäst</name>\r\n  <devices>\r\n"
        + "\t<interface  type = \"network\" ><!-- uplink -->\r\n"
        + "\t   <mac address='52:54:00:00:00:01' />\r\n"
        + "\t   <source   portgroup='pg'  network=\"default\" q:x='1'/>\r\n"
        + "\t   <model type='virtio'/><boot order='1'/>\r\n"
        + "\t   <address type='pci' domain='0x0000' bus='0x01'/>\r\n\t</interface>\r\n"
        + "    <interface type='user'><mac address='52:54:00:00:00:02'/></interface>\r\n"
        + "  </devices>\r\n  <q:data><![CDATA[</devices>]]></q:data>\r\n</domain>\r\n<!-- end -->\r\n";

    private readonly CommandLine _line = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("virtnet-guest-").FullName;
    private readonly string _file;

    public GuestFileTests()
    {
        _line.Daemon.Add("lab");
        _line.Daemon.Add("default");
        _file = Path.Combine(_folder, "g.xml");
        File.WriteAllText(_file, Odd);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Interfaces_are_listed_as_virsh_lists_them() => (await _line.RunAsync("domiflist", _file)).Is(
        """
         Interface   Type      Source    Model    MAC
        -------------------------------------------------------------
         -           network   default   virtio   52:54:00:00:00:01
         -           user      -         -        52:54:00:00:00:02


        """);

    [Theory]
    [InlineData("portgroup='pg'  network=\"default\"", "network='lab'", "--network", "lab")]
    [InlineData("portgroup='pg'  network=\"default\"", "network='lab' portgroup='a&amp;b'", "--network", "lab", "--portgroup", "a&b")]
    [InlineData("portgroup='pg'  network=\"default\"", "bridge='br0'", "--bridge", "br0", "--no-check")]
    [InlineData("portgroup='pg'  network=\"default\"", "dev='eth0' mode='vepa'", "--direct", "eth0", "--mode", "vepa", "--no-check")]
    public async Task Only_type_and_source_change(string old, string expected, params string[] options)
    {
        string type = options[0][2..];
        CommandLine.Outcome outcome = await _line.RunAsync(
            ["domif-set-source", _file, "--mac", "52:54:00:00:00:01", .. options]);
        Assert.Equal(("", 0), (outcome.Error, outcome.Status));
        Assert.Equal(Odd.Replace(old, expected).Replace("type = \"network\"", $"type = \"{type}\""), Read());
    }

    [Fact]
    public async Task An_interface_without_a_source_gets_one()
    {
        await _line.RunAsync("domif-set-source", _file, "--index", "2", "--network", "lab");
        Assert.Equal(
            Odd.Replace(
                "<interface type='user'><mac address='52:54:00:00:00:02'/>",
                "<interface type='network'><mac address='52:54:00:00:00:02'/><source network='lab'/>"),
            Read());
    }

    [Fact]
    public async Task What_is_so_already_is_not_written()
    {
        DateTime before = File.GetLastWriteTimeUtc(_file);
        string source = "--network default --portgroup pg";
        (await _line.RunAsync($"domif-set-source {_file} --mac 52:54:00:00:00:01 {source}"))
            .Is($"Interface 52:54:00:00:00:01 of {_file} is on network 'default', port group 'pg' already\n\n");
        Assert.Equal(before, File.GetLastWriteTimeUtc(_file));
    }

    [Fact]
    public async Task A_dry_run_shows_the_difference_and_changes_nothing()
    {
        (await _line.RunAsync("domif-set-source", _file, "--index", "1", "--network", "lab", "--dry-run")).Is(
            $"--- {_file}\n+++ {_file}\n"
            + " <interface  type = \"network\" ><!-- uplink -->\n"
            + " \t   <mac address='52:54:00:00:00:01' />\n"
            + "-\t   <source   portgroup='pg'  network=\"default\" q:x='1'/>\n"
            + "+\t   <source   network='lab' q:x='1'/>\n"
            + " \t   <model type='virtio'/><boot order='1'/>\n"
            + " \t   <address type='pci' domain='0x0000' bus='0x01'/>\n \t</interface>\n\n");
        Assert.Equal(Odd, Read());
    }

    [Fact]
    public async Task Mode_and_link_of_the_file_are_kept()
    {
        File.SetUnixFileMode(_file, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.SetGroup);
        string link = Path.Combine(_folder, "link.xml");
        File.CreateSymbolicLink(link, _file);
        await _line.RunAsync("domif-set-source", link, "--index", "1", "--network", "lab");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.SetGroup, File.GetUnixFileMode(_file));
        Assert.NotNull(new FileInfo(link).LinkTarget);
        Assert.NotEqual(Odd, Read());
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Theory]
    [InlineData("no network with matching name 'lba'\nhint: did you mean 'lab'?", "--index", "1", "--network", "lba")]
    [InlineData("there is no bridge 'lo'", "--index", "1", "--bridge", "lo")]
    [InlineData("say where to plug it: one of --network, --bridge and --direct", "--index", "1")]
    [InlineData("--portgroup means nothing without --network", "--index", "1", "--bridge", "b", "--portgroup", "p")]
    [InlineData("--live has nothing to change", "--index", "1", "--network", "lab", "--live")]
    [InlineData("has 2 interfaces: say which one with --mac, --target or --index", "--network", "lab")]
    [InlineData("has no interface with MAC address '52:54:00:00:00:03'\nhint: did you mean '52:54:00:00:00:01'?", "--mac", "52:54:00:00:00:03", "--network", "lab")]
    [InlineData("has no interface with number 3", "--index", "3", "--network", "lab")]
    public async Task What_cannot_be_is_refused_and_the_file_left_alone(string message, params string[] options)
    {
        CommandLine.Outcome outcome = await _line.RunAsync(["domif-set-source", _file, .. options]);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
        Assert.Equal(("\n", 1), (outcome.Output, outcome.Status));
        Assert.Equal(Odd, Read());
    }

    [Theory]
    [InlineData("<domain><devices><interface type=\u201Cuser\u201D/></devices></domain>", "g.xml:1:34: ")]
    [InlineData("<network/>", "expecting root element of 'domain', not 'network'")]
    [InlineData("<domain/>", "the guest has no <devices>")]
    [InlineData("<!DOCTYPE d [<!ENTITY a 'b'>]><domain/>", "DTD is prohibited")]
    public async Task What_is_no_guest_is_refused(string xml, string message)
    {
        await File.WriteAllTextAsync(_file, xml, TestContext.Current.CancellationToken);
        CommandLine.Outcome outcome = await _line.RunAsync("domiflist", _file);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
        Assert.Equal(1, outcome.Status);
    }

    [Fact]
    public async Task A_link_is_taken_down_and_shown()
    {
        (await _line.RunAsync("domif-getlink", _file, "52:54:00:00:00:01")).Is("52:54:00:00:00:01 up\n");
        (await _line.RunAsync("domif-setlink", _file, "52:54:00:00:00:01", "down")).Is("Device updated successfully\n\n");
        Assert.Equal(
            Odd.Replace("<model type='virtio'/>", "<model type='virtio'/>\r\n\t   <link state='down'/>"), Read());
        (await _line.RunAsync("domif-getlink", _file, "52:54:00:00:00:01")).Is("52:54:00:00:00:01 down\n");
        await _line.RunAsync("domif-setlink", _file, "52:54:00:00:00:01", "up");
        Assert.Contains("<link state='up'/>", Read(), StringComparison.Ordinal);
        (await _line.RunAsync("domif-getlink", _file, "nope")).Fails("error: Interface (dev: nope) not found.\n");
        (await _line.RunAsync("domif-setlink", _file, "nope", "up")).Fails("error: interface 'nope' not found\n");
        (await _line.RunAsync("domif-setlink", _file, "nope", "bogus")).Fails("error: invalid link state 'bogus'\n");
    }

    [Fact]
    public async Task An_interface_is_attached_and_detached_again()
    {
        (await _line.RunAsync("attach-interface", _file, "network", "lab", "--model", "virtio", "--mac", "52:54:00:00:00:09"))
            .Is("Interface attached successfully\n\n");
        const string Added = "\r\n    <interface type='network'>\r\n      <source network='lab'/>\r\n"
            + "      <mac address='52:54:00:00:00:09'/>\r\n      <model type='virtio'/>\r\n    </interface>";
        Assert.Equal(Odd.Replace("00:02'/></interface>", "00:02'/></interface>" + Added), Read());
        (await _line.RunAsync("attach-interface", _file, "network", "lab", "--mac", "52:54:00:00:00:09"))
            .Fails($"error: Failed to attach interface\nerror: {_file} uses MAC address '52:54:00:00:00:09' already, for its interface number 3\n");
        (await _line.RunAsync("detach-interface", _file, "network"))
            .Fails("error: Domain has 2 interfaces. Please specify which one to detach using --mac\nerror: Failed to detach interface\n");
        (await _line.RunAsync("detach-interface", _file, "network", "--mac", "52:54:00:00:00:09"))
            .Is("Interface detached successfully\n\n");
        Assert.Equal(Odd, Read());
    }

    [Fact]
    public async Task The_xml_of_a_new_interface_is_virshs() => (await _line.RunAsync(
        "attach-interface g bridge br0 --model virtio --mac 52:54:00:00:00:09 --target vnet3 --inbound 1000,2000,3000 --print-xml"))
        .Is(
            """
            <interface type='bridge'>
              <source bridge='br0'/>
              <target dev='vnet3'/>
              <mac address='52:54:00:00:00:09'/>
              <model type='virtio'/>
              <bandwidth>
                <inbound average='1000' peak='2000' burst='3000'/>
              </bandwidth>
            </interface>


            """);

    [Theory]
    [InlineData("No support for bogus in command 'attach-interface'", "bogus", "x")]
    [InlineData("Invalid source mode: bridge", "network", "lab", "--source-mode", "bridge")]
    [InlineData("Invalid source mode: up", "direct", "eth0", "--source-mode", "up")]
    [InlineData("source-mode is mandatory", "vhostuser", "/run/socket")]
    [InlineData("cannot parse pci address '1:2.3' for network interface", "hostdev", "1:2.3")]
    [InlineData("field 'average' is malformed", "network", "lab", "--inbound", "x")]
    [InlineData("Rate string '1,2,3,4,5' has too many fields", "network", "lab", "--inbound", "1,2,3,4,5")]
    [InlineData("either inbound average or floor is mandatory", "network", "lab", "--inbound", ",2")]
    [InlineData("outbound average is mandatory", "network", "lab", "--outbound", "0")]
    [InlineData("outbound floor is unsupported yet", "network", "lab", "--outbound", "1,,,4")]
    public async Task A_wrong_interface_is_not_attached(string message, params string[] arguments) =>
        (await _line.RunAsync(["attach-interface", _file, .. arguments])).Fails($"error: {message}\n");

    [Theory]
    [InlineData("unable to parse mac address 'x'", "x")]
    [InlineData("expected unicast mac address, found multicast '01:00:5e:00:00:01'", "01:00:5e:00:00:01")]
    public async Task A_wrong_mac_is_not_attached(string message, string mac) =>
        (await _line.RunAsync("attach-interface", _file, "network", "lab", "--mac", mac))
            .Fails($"error: Failed to attach interface\nerror: XML error: {message}\n");

    [Theory]
    [InlineData("<source>\n    <address type='pci' domain='0x0000' bus='0x03' slot='0x10' function='0x1'/>\n  </source>", "hostdev", "0000:03:10.1")]
    [InlineData("<source type='unix' path='/run/socket' mode='client'/>", "vhostuser", "/run/socket", "--source-mode", "client")]
    [InlineData("<source dev='eth0' mode='vepa'/>", "direct", "eth0", "--source-mode", "vepa")]
    public async Task Each_kind_has_its_own_source(string source, params string[] arguments) =>
        (await _line.RunAsync(["attach-interface", "g", .. arguments, "--print-xml"]))
            .Is($"<interface type='{arguments[0]}'>\n  {source}\n</interface>\n\n");

    [Fact]
    public async Task One_interface_is_edited_and_nothing_else()
    {
        _line.Editor.Edit = text =>
        {
            Assert.StartsWith("<interface  type", text, StringComparison.Ordinal);
            return text.Replace("order='1'", "order='2'");
        };
        (await _line.RunAsync("domif-edit", _file, "--mac", "52:54:00:00:00:01"))
            .Is($"Interface 52:54:00:00:00:01 of {_file} edited.\n\n");
        Assert.Equal(Odd.Replace("order='1'", "order='2'"), Read());
        Assert.False(File.Exists(_line.Editor.Path));
    }

    [Theory]
    [InlineData("</interface>", "</interfac>")]
    [InlineData("00:00:01", "00:00:02")]
    [InlineData("<interface ", "<disk ")]
    public async Task Wrong_text_is_kept_and_the_guest_left_alone(string old, string replacement)
    {
        _line.Editor.Edit = text => text.Replace(old, replacement);
        CommandLine.Outcome outcome = await _line.RunAsync("domif-edit", _file, "--index", "1");
        Assert.EndsWith($"hint: your text is in {_line.Editor.Path}\n", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(Odd, Read());
        File.Delete(_line.Editor.Path!);
    }

    [Fact]
    public async Task Removing_an_interface_takes_its_own_line_and_nothing_behind_it()
    {
        File.WriteAllText(_file, "<domain>\n<devices>\n <interface type='user'/>\r </devices>\n</domain>\n");
        await _line.RunAsync("detach-interface", _file, "user");
        Assert.Equal("<domain>\n<devices>\n \r </devices>\n</domain>\n", Read());
    }

    private string Read() => File.ReadAllText(_file);
}
