// One Azurite for all tests of this assembly.
using MailFunctions.Rig;

[assembly: AssemblyFixture(typeof(AzuriteServer))]
